package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * gRPC with its own library on both ends: its client is the visitor, over HTTP/2, and its server
 * the private service, which speaks nothing but h2c.
 */
@ParameterizedClass(name = "over TLS: {0}")
@ValueSource(booleans = {true, false})
@Timeout(180)
class GrpcE2E {

  @TempDir static Path folder;

  private static final Words WORDS = new Words();
  private static Server service;
  private static LocalPgrok pgrok;

  @Parameter boolean tls;

  private ManagedChannel channel;

  @BeforeAll
  static void start() throws Exception {
    service =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(WORDS.definition())
            .build()
            .start();
    pgrok = new LocalPgrok(folder, "words", "h2c://127.0.0.1:" + service.getPort());
  }

  @AfterAll
  static void stop() throws Exception {
    pgrok.close();
    service.shutdownNow();
  }

  @BeforeEach
  void connect() throws Exception {
    int port = tls ? pgrok.httpsPort() : pgrok.httpPort();
    var builder =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .overrideAuthority("words.%s:%d".formatted(LocalPgrok.DOMAIN, port));
    if (tls) {
      var trust = GrpcSslContexts.forClient().trustManager(pgrok.authority().toFile());
      builder.sslContext(trust.build());
    } else {
      builder.usePlaintext();
    }
    channel = builder.build();
    // The first asks until the tunnel is there.
    Wait.until(() -> assertThat(answer("ready?")).as(pgrok.logs()).isEqualTo("ready?"));
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  /** What a call gives; its status when it fails. */
  private String answer(String word) {
    try {
      return echo(word);
    } catch (StatusRuntimeException e) {
      return e.getStatus().toString();
    }
  }

  private String echo(String word) {
    return ClientCalls.blockingUnaryCall(channel, Words.ECHO, CallOptions.DEFAULT, word);
  }

  @Test
  void largeMessagesPassInBothDirections() {
    var large = "0123456789abcdef".repeat(200_000);

    assertThat(echo(large)).isEqualTo(large);
  }

  @Test
  void aServerStreamsMoreThanAnyWindowHolds() {
    var numbers = new ArrayList<String>();
    ClientCalls.blockingServerStreamingCall(channel, Words.COUNT, CallOptions.DEFAULT, "100000")
        .forEachRemaining(numbers::add);

    assertThat(numbers).hasSize(100_000).startsWith("1", "2").endsWith("100000");
  }

  @Test
  void aClientStreams() throws Exception {
    var answers = new Answers();
    var call =
        ClientCalls.asyncClientStreamingCall(
            channel.newCall(Words.JOIN, CallOptions.DEFAULT), answers);
    var said = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
    said.forEach(call::onNext);
    call.onCompleted();

    assertThat(answers.next()).isEqualTo(String.join(" ", said));
    assertThat(answers.end()).isEqualTo(Status.Code.OK);
  }

  @Test
  void bothSidesTalkAtOnce() throws Exception {
    var answers = new Answers();
    var call =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(Words.CHAT, CallOptions.DEFAULT), answers);
    for (var word : List.of("one", "two", "three")) {
      // The next is not said before the last was answered.
      call.onNext(word);
      assertThat(answers.next()).isEqualTo("you said " + word);
    }
    call.onCompleted();

    assertThat(answers.end()).isEqualTo(Status.Code.OK);
  }

  @Test
  void aFailureComesWithItsStatusAndTrailers() {
    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> ClientCalls.blockingUnaryCall(channel, Words.FAIL, CallOptions.DEFAULT, "rain"));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription()).isEqualTo("not today: rain");
    assertThat(Objects.requireNonNull(failure.getTrailers()).get(Words.REASON)).isEqualTo("rain");
  }

  @Test
  void aMethodThatIsMissingIsSaidToBe() {
    var unknown = Words.ECHO.toBuilder().setFullMethodName("test.Words/Sing").build();

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> ClientCalls.blockingUnaryCall(channel, unknown, CallOptions.DEFAULT, "la"));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void aDeadlineEndsACallThatIsNotAnswered() throws Exception {
    var options = CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS);

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> ClientCalls.blockingUnaryCall(channel, Words.NEVER, options, "soon " + tls));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    Wait.until(() -> assertThat(WORDS.cancelled).contains("soon " + tls));
  }

  @Test
  void aCallThatIsTakenBackEndsAtTheServiceToo() throws Exception {
    var answers = new Answers();
    var call = channel.newCall(Words.NEVER, CallOptions.DEFAULT);
    ClientCalls.asyncUnaryCall(call, "never mind " + tls, answers);
    Wait.until(() -> assertThat(WORDS.asked).contains("never mind " + tls));
    call.cancel("changed my mind", null);

    // Without a deadline nothing but the reset of the stream tells the service.
    Wait.until(() -> assertThat(WORDS.cancelled).contains("never mind " + tls));
    assertThat(answers.end()).isEqualTo(Status.Code.CANCELLED);
    assertThat(echo("still there?")).isEqualTo("still there?");
  }

  /** What comes of a call, in its order. */
  private static final class Answers implements StreamObserver<String> {

    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    @Override
    public void onNext(String message) {
      events.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      events.add(Status.fromThrowable(failure).getCode());
    }

    @Override
    public void onCompleted() {
      events.add(Status.Code.OK);
    }

    Object next() throws InterruptedException {
      return Objects.requireNonNull(events.poll(30, TimeUnit.SECONDS), "nothing came");
    }

    Object end() throws InterruptedException {
      return next();
    }
  }
}
