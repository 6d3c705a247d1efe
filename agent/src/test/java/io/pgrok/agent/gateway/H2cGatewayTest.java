package io.pgrok.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.PrivateAddress.Speaks;
import io.pgrok.agent.config.Upstream;
import io.pgrok.agent.net.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A private service that speaks nothing but HTTP/2, as gRPC services in a cluster do. */
@Timeout(60)
class H2cGatewayTest {

  private static final String POST =
      "POST /echo HTTP/1.1\r\nHost: public.test\r\nTE: trailers\r\n"
          + "Content-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n";

  private Network network;
  private GatewayFixture gateway;

  @BeforeEach
  void start() throws Exception {
    network = Network.open();
    Channel service =
        network
            .server()
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection
                        .pipeline()
                        .addLast(Http2FrameCodecBuilder.forServer().build())
                        .addLast(new Http2MultiplexHandler(new StreamInitializer()));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    int port = ((InetSocketAddress) service.localAddress()).getPort();
    gateway =
        new GatewayFixture(
            new PrivateAddress(Speaks.H2C, new HostPort("127.0.0.1", port)), Upstream.PLAIN);
  }

  @AfterEach
  void stop() {
    gateway.close();
    network.close();
  }

  @Test
  void bothDirectionsStreamAtOnceAndEndInTrailers() throws Exception {
    try (var visitor = gateway.visit()) {
      visitor.send(POST);
      // The answer begins while the request goes on: each part is echoed before the next is sent.
      assertThat(visitor.readTo("\r\n\r\n"))
          .startsWith("HTTP/1.1 200 OK")
          .containsIgnoringCase("transfer-encoding: chunked")
          .containsIgnoringCase("x-authority: public.test")
          .containsIgnoringCase("x-te: trailers");
      visitor.send("3\r\none\r\n");
      assertThat(visitor.readTo("one\r\n")).isEqualTo("3\r\none\r\n");
      visitor.send("3\r\ntwo\r\n");
      assertThat(visitor.readTo("two\r\n")).isEqualTo("3\r\ntwo\r\n");
      visitor.send("0\r\nx-client: done\r\n\r\n");
      assertThat(visitor.readTo("\r\n\r\n"))
          .startsWith("0\r\n")
          .containsIgnoringCase("grpc-status: 0")
          .containsIgnoringCase("x-echoed: done");
    }
  }

  @Test
  void oneStreamOfTheVisitorServesManyRequests() throws Exception {
    try (var visitor = gateway.visit()) {
      for (int i = 0; i < 3; i++) {
        visitor.send(POST + "2\r\nhi\r\n0\r\n\r\n");
        assertThat(visitor.readTo("grpc-status: 0\r\n\r\n")).contains("2\r\nhi\r\n");
      }
    }
  }

  @Test
  void aStatusInTheOnlyHeaderBlockBecomesTrailers() throws Exception {
    try (var visitor = gateway.visit()) {
      visitor.send(POST.replace("/echo", "/fail") + "0\r\n\r\n");
      String head = visitor.readTo("\r\n\r\n");
      assertThat(head).startsWith("HTTP/1.1 200").doesNotContain("grpc-status", "x-reason");
      assertThat(visitor.readTo("\r\n\r\n"))
          .isEqualTo("0\r\ngrpc-status: 5\r\nx-reason: rain\r\n\r\n");
    }
  }

  @Test
  void aLargeBodyPassesWindowsInBothDirections() throws Exception {
    String body = "x".repeat(1 << 20);
    try (var visitor = gateway.visit()) {
      visitor.send(POST);
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  visitor.send("100000\r\n" + body + "\r\n0\r\n\r\n");
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      byte[] buffer = new byte[64 * 1024];
      long echoed = 0;
      for (int n = visitor.socket().getInputStream().read(buffer);
          n > 0 && echoed < body.length();
          n = visitor.socket().getInputStream().read(buffer)) {
        for (int i = 0; i < n; i++) {
          echoed += buffer[i] == 'x' ? 1 : 0;
        }
        if (echoed >= body.length()) {
          break;
        }
      }
      sender.join();
      assertThat(echoed).isGreaterThanOrEqualTo(body.length());
    }
  }

  private static final class StreamInitializer extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel stream) {
      stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true)).addLast(new Echo());
    }
  }

  /** Sends back what comes as it comes. */
  private static final class Echo extends SimpleChannelInboundHandler<HttpObject> {
    private boolean fails;

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
      if (part instanceof HttpRequest request) {
        fails = request.uri().equals("/fail");
        if (!fails) {
          HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
          head.headers()
              .set("x-authority", request.headers().get("host"))
              .set("x-te", String.valueOf(request.headers().get("te")));
          ctx.writeAndFlush(head);
        }
      }
      if (part instanceof HttpContent content) {
        if (content.content().isReadable()) {
          ctx.writeAndFlush(new DefaultHttpContent(content.content().retain()));
        }
        if (content instanceof LastHttpContent last) {
          ctx.writeAndFlush(end(last));
        }
      }
    }

    private HttpObject end(LastHttpContent last) {
      if (fails) {
        FullHttpResponse only =
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
        only.headers().set("grpc-status", "5").set("x-reason", "rain");
        return only;
      }
      LastHttpContent end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      end.trailingHeaders().set("grpc-status", "0");
      if (last.trailingHeaders().contains("x-client")) {
        end.trailingHeaders().set("x-echoed", last.trailingHeaders().get("x-client"));
      }
      return end;
    }
  }
}
