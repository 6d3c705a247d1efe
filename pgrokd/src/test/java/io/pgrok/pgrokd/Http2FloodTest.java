package io.pgrok.pgrokd;

import static io.pgrok.pgrokd.testing.Frames.bytes;
import static io.pgrok.pgrokd.testing.Frames.frame;
import static io.pgrok.pgrokd.testing.Frames.get;
import static io.pgrok.pgrokd.testing.Frames.join;
import static io.pgrok.pgrokd.testing.Frames.number;
import static io.pgrok.pgrokd.testing.Frames.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.pgrok.pgrokd.testing.Descriptors;
import io.pgrok.pgrokd.testing.Frames;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Visitors whose frames of HTTP/2 cost more here than there are told to leave, soon. */
@ExtendWith(Leaks.class)
class Http2FloodTest {

  /** Frames of any flood, by when its visitor has long been cut off. */
  private static final int ENOUGH = 50_000;

  private static final String WEB = "web.pgrok.test";
  private static final String UP = "up.pgrok.test";

  /** To a field of 3 KB: 50 times what a head may be. */
  private static final int REFERENCES = 1000;

  private static TestServer server;
  private static TestAgent agent;
  private static Descriptors descriptors;

  /**
   * What begins a flood, and what it goes on with for ever.
   *
   * @param next gets odd numbers, from 3 on: a new stream's each
   */
  private record Flood(byte[] begin, IntFunction<byte[]> next) {}

  private static Flood of(byte[] same) {
    return new Flood(new byte[0], stream -> same);
  }

  private static Flood after(byte[] begin, byte[] same) {
    return new Flood(begin, stream -> same);
  }

  private static Flood streams(IntFunction<byte[]> next) {
    return new Flood(new byte[0], next);
  }

  private static final Map<String, Flood> FLOODS = new LinkedHashMap<>();

  static {
    byte[] open = post(1, UP);
    byte[] over = join(open, frame(Frames.RST_STREAM, 0, 1, number(8)));
    byte[] field = bytes(0x0f, 0x00, 1, 'x');
    FLOODS.put("PING", of(frame(Frames.PING, 0, 0, new byte[8])));
    FLOODS.put("answers to no PING", of(frame(Frames.PING, Frames.ACK, 0, new byte[8])));
    FLOODS.put("SETTINGS", of(frame(Frames.SETTINGS, 0, 0, bytes(0, 1, 0, 0, 0, 1))));
    FLOODS.put("answers to no SETTINGS", of(frame(Frames.SETTINGS, Frames.ACK, 0)));
    FLOODS.put("GOAWAY", of(frame(Frames.GOAWAY, 0, 0, new byte[8])));
    FLOODS.put("PRIORITY", of(frame(Frames.PRIORITY, 0, 1, bytes(0, 0, 0, 0, 1))));
    FLOODS.put(
        "PRIORITY of ever other streams",
        streams(stream -> frame(Frames.PRIORITY, 0, stream, bytes(0, 0, 0, 0, 1))));
    FLOODS.put("unknown types", streams(stream -> frame(10 + stream % 200, 0, 0, bytes(1))));
    FLOODS.put("PRIORITY_UPDATE", of(frame(0x10, 0, 0, bytes(0, 0, 0, 1, 'u', '=', '1'))));
    FLOODS.put("WINDOW_UPDATE", of(frame(Frames.WINDOW_UPDATE, 0, 0, number(1))));
    FLOODS.put(
        "WINDOW_UPDATE of a stream", after(open, frame(Frames.WINDOW_UPDATE, 0, 1, number(1))));
    FLOODS.put(
        "WINDOW_UPDATE of one that is over",
        after(over, frame(Frames.WINDOW_UPDATE, 0, 1, number(1))));
    FLOODS.put(
        "RST_STREAM of one that is over", after(over, frame(Frames.RST_STREAM, 0, 1, number(8))));
    FLOODS.put("DATA of one that is over", after(over, frame(Frames.DATA, 0, 1, bytes(1))));
    FLOODS.put(
        "HEADERS of one that is over",
        after(over, frame(Frames.HEADERS, Frames.END_HEADERS, 1, field)));
    FLOODS.put("empty DATA", after(open, frame(Frames.DATA, 0, 1)));
    FLOODS.put(
        "DATA of padding", after(open, frame(Frames.DATA, Frames.PADDED, 1, bytes(2, 0, 0))));
    FLOODS.put(
        "empty CONTINUATION", after(frame(Frames.HEADERS, 0, 1), frame(Frames.CONTINUATION, 0, 1)));
    FLOODS.put(
        "CONTINUATION",
        after(
            frame(Frames.HEADERS, 0, 1, Frames.request(0x82, WEB)),
            frame(Frames.CONTINUATION, 0, 1, bytes(new int[8000]))));
    FLOODS.put(
        "streams that are reset",
        streams(stream -> join(get(stream, UP), frame(Frames.RST_STREAM, 0, stream, number(8)))));
    FLOODS.put(
        "streams whose window grows by nothing",
        streams(
            stream -> join(post(stream, UP), frame(Frames.WINDOW_UPDATE, 0, stream, number(0)))));
    FLOODS.put(
        "streams whose window grows too much",
        streams(stream ->
            join(
                post(stream, UP),
                frame(Frames.WINDOW_UPDATE, 0, stream, number(Integer.MAX_VALUE)))));
    FLOODS.put(
        "streams that go on after their end",
        streams(stream -> join(get(stream, UP), frame(Frames.DATA, 0, stream, bytes(1)))));
    FLOODS.put(
        "streams whose PRIORITY has a wrong length",
        streams(stream -> join(get(stream, UP), frame(Frames.PRIORITY, 0, stream, bytes(1)))));
    FLOODS.put(
        "streams that depend on themselves",
        streams(
            stream -> join(get(stream, UP), frame(Frames.PRIORITY, 0, stream, dependsOn(stream)))));
    FLOODS.put("more streams than are allowed", streams(stream -> get(stream, UP)));
    FLOODS.put(
        "fields without a name",
        streams(stream ->
            frame(
                Frames.HEADERS,
                Frames.END_HEADERS | Frames.END_STREAM,
                stream,
                join(Frames.request(0x82, WEB), bytes(0, 0, 1, 'x')))));
    FLOODS.put(
        "fields that grow to more than a head may be",
        streams(stream ->
            frame(
                Frames.HEADERS,
                Frames.END_HEADERS | Frames.END_STREAM,
                stream,
                join(Frames.request(0x82, WEB), bomb()))));
    FLOODS.put("window in steps of one byte", dribble());
  }

  private static byte[] dependsOn(int stream) {
    return ByteBuffer.allocate(5).putInt(stream).put((byte) 1).array();
  }

  /** Puts 3 KB into the table of fields and refers to them, one byte each. */
  private static byte[] bomb() {
    byte[] large = new byte[3000];
    Arrays.fill(large, (byte) 'x');
    byte[] references = new byte[REFERENCES];
    Arrays.fill(references, (byte) 0xbe);
    // A length of 3000 in HPACK: 127 in the prefix, then 2873 in groups of seven bits.
    return join(bytes(0x40, 1, 'x', 0x7f, 0xb9, 0x16), large, references);
  }

  /** Has no room for an answer but for what it gives byte by byte. */
  private static Flood dribble() {
    byte[] none = frame(Frames.SETTINGS, 0, 0, bytes(0, 4, 0, 0, 0, 0));
    byte[] more = frame(Frames.WINDOW_UPDATE, 0, 1, number(1));
    return after(join(none, get(1, "large.pgrok.test")), more);
  }

  static Stream<Arguments> floods() {
    return FLOODS.keySet().stream()
        .flatMap(name -> Stream.of(Arguments.of(name, false), Arguments.of(name, true)));
  }

  @BeforeAll
  static void start() throws Exception {
    // The test's agent sends no pings.
    server = TestServer.open("controlSilence", 60 * 60 * 1000);
    agent = TestAgent.linked(server);
    for (String scheme : List.of("http", "https")) {
      agent.serve(server.url(scheme, "web"), HttpService.saying("undisturbed"));
      agent.serve(server.url(scheme, "up"), TestAgent.SILENT);
      agent.serve(server.url(scheme, "large"), HttpService.saying("x".repeat(1 << 20)));
      for (String name : List.of("web", "up", "large")) {
        agent.ask(new ReqTunnel("t", "1", scheme, "", name, "", 0));
      }
    }
    bystanderIsServed();
    descriptors = Descriptors.now();
  }

  private static void bystanderIsServed() throws IOException {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      assertThat(visitor.get("web").receive().body()).isEqualTo("undisturbed");
    }
  }

  @AfterEach
  void theServerServesOnAndHoldsNothing() throws Exception {
    bystanderIsServed();
    descriptors.awaitBack();
  }

  @AfterAll
  static void stop() throws Exception {
    agent.close();
    server.close();
  }

  @ParameterizedTest
  @MethodSource("floods")
  void isCutOff(String name, boolean tls) throws Exception {
    Flood flood = FLOODS.get(name);
    try (Visitor visitor = connect(tls)) {
      CompletableFuture<String> farewell = farewell(visitor);
      visitor.send(join(Frames.preface(), flood.begin));
      int sent = 0;
      try {
        while (!farewell.isDone() && sent < ENOUGH) {
          byte[][] turn = new byte[100][];
          for (int i = 0; i < turn.length; i++) {
            turn[i] = flood.next.apply(3 + 2 * sent++);
          }
          visitor.send(join(turn));
        }
      } catch (IOException e) {
        // It is over.
      }
      assertThat(farewell.get(20, TimeUnit.SECONDS))
          .isIn(
              // Bytes that it had not read make a reset of the goodbye now and then.
              "closed", Http2Error.ENHANCE_YOUR_CALM.name(), Http2Error.PROTOCOL_ERROR.name());
    }
  }

  private Visitor connect(boolean tls) throws Exception {
    return tls ? Visitor.connectHttp2(server.httpsPort()) : Visitor.connect(server.httpPort());
  }

  /** The reason of the GOAWAY that ends a connection, or that it ended without one. */
  private static CompletableFuture<String> farewell(Visitor visitor) {
    CompletableFuture<String> said = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            DataInputStream in = new DataInputStream(visitor.in());
            while (true) {
              int lengthAndType = in.readInt();
              in.readByte();
              in.readInt();
              byte[] payload = new byte[lengthAndType >>> 8];
              in.readFully(payload);
              if ((lengthAndType & 0xff) == Frames.GOAWAY) {
                int code = ByteBuffer.wrap(payload, 4, 4).getInt();
                said.complete(Http2Error.valueOf(code).name());
              }
            }
          } catch (java.net.SocketTimeoutException e) {
            said.complete("nothing");
          } catch (IOException e) {
            said.complete("closed");
          }
        });
    return said;
  }

  /** As much as a busy client does, and more than a flood's share: it goes on for what it gets. */
  @Test
  void aVisitorWhoTakesMuchMaySayMuch() throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      DataInputStream in = new DataInputStream(visitor.in());
      visitor.send(Frames.preface());
      int ended = 0;
      for (int stream = 1; stream < 2 * 50; stream += 2) {
        visitor.send(get(stream, "large.pgrok.test"));
        int got = 0;
        while (got < 1 << 20) {
          int lengthAndType = in.readInt();
          in.readByte();
          in.readInt();
          int length = lengthAndType >>> 8;
          in.skipNBytes(length);
          int type = lengthAndType & 0xff;
          assertThat(type).isNotIn(Frames.GOAWAY, Frames.RST_STREAM);
          if (type == Frames.DATA && length > 0) {
            got += length;
            visitor.send(
                join(
                    frame(Frames.WINDOW_UPDATE, 0, 0, number(length)),
                    frame(Frames.WINDOW_UPDATE, 0, stream, number(length)),
                    frame(Frames.PING, 0, 0, new byte[8])));
          }
        }
        ended++;
      }
      assertThat(ended).isEqualTo(50);
    }
  }
}
