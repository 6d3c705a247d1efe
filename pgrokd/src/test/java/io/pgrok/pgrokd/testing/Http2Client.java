package io.pgrok.pgrokd.testing;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A visitor who speaks HTTP/2, in blocking calls. Nothing waits longer than 20 s. */
public final class Http2Client implements AutoCloseable {

  private static final long PATIENCE = 20;
  private static final EventLoopGroup LOOP =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** What comes on a stream. */
  public sealed interface Event {
    /** HEADERS: an answer's head, or its trailers. */
    record Head(Http2Headers headers, boolean last) implements Event {}

    record Data(String text, boolean last) implements Event {}

    record Reset(long code) implements Event {}

    /** The stream is gone. */
    record Gone() implements Event {}
  }

  /** A whole answer. */
  public record Answer(int status, Http2Headers headers, String body, Http2Headers trailers) {
    public String header(String name) {
      CharSequence value = headers.get(name);
      return value == null ? null : value.toString();
    }
  }

  private final Channel channel;
  private final String scheme;
  private final CompletableFuture<Void> shaken = new CompletableFuture<>();
  private final BlockingQueue<Object> said = new LinkedBlockingQueue<>();

  private Http2Client(int port, String host, boolean tls) throws Exception {
    this.scheme = tls ? "https" : "http";
    SslContext context = tls ? trusting() : null;
    this.channel =
        new Bootstrap()
            .group(LOOP)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    if (context == null) {
                      speak(made);
                    } else {
                      made.pipeline()
                          .addLast(context.newHandler(made.alloc(), host, port))
                          .addLast(new WhenShaken());
                    }
                  }
                })
            .connect(InetAddress.getLoopbackAddress(), port)
            .sync()
            .channel();
    if (context != null) {
      shaken.get(PATIENCE, TimeUnit.SECONDS);
    }
  }

  /** The server's first frame may come along with the end of the handshake. */
  private final class WhenShaken extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
        ctx.pipeline().remove(this);
        speak(ctx.channel());
        Http2Client.this.shaken.complete(null);
      }
    }
  }

  /** With prior knowledge. */
  public static Http2Client connect(int port) throws Exception {
    return new Http2Client(port, "", false);
  }

  /** By ALPN, asking for a name by SNI. */
  public static Http2Client connectTls(int port, String host) throws Exception {
    return new Http2Client(port, host, true);
  }

  private static SslContext trusting() throws Exception {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .endpointIdentificationAlgorithm(null)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                "h2",
                "http/1.1"))
        .build();
  }

  private void speak(Channel made) {
    made.pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient()
                .encoderEnforceMaxConcurrentStreams(false)
                .validateHeaders(false)
                // So that a stream that is not read leaves room for the others.
                .initialSettings(Http2Settings.defaultSettings().initialWindowSize(16 * 1024))
                .build(),
            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object frame) {
                if (frame instanceof Http2GoAwayFrame goAway) {
                  said.add("goaway " + goAway.errorCode());
                }
                ReferenceCountUtil.release(frame);
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                said.add("closed");
              }
            });
  }

  /** What the server said of the whole connection: {@code goaway <code>}, {@code closed}. */
  public String said() throws InterruptedException {
    return (String) said.poll(PATIENCE, TimeUnit.SECONDS);
  }

  public Channel channel() {
    return channel;
  }

  public Http2Headers head(String method, String authority, String path) {
    return new DefaultHttp2Headers(false)
        .method(method)
        .scheme(scheme)
        .authority(authority)
        .path(path);
  }

  public Stream open(Http2Headers head, boolean last) throws Exception {
    Stream stream = new Stream();
    stream.channel =
        new Http2StreamChannelBootstrap(channel).handler(stream).open().sync().getNow();
    stream.channel.writeAndFlush(new DefaultHttp2HeadersFrame(head, last)).sync();
    return stream;
  }

  public Answer get(String name) throws Exception {
    return open(head("GET", name + "." + TestServer.DOMAIN, "/"), true).answer();
  }

  /** One request. */
  public static final class Stream extends ChannelInboundHandlerAdapter {

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private Http2StreamChannel channel;

    public Stream send(String text, boolean last) throws Exception {
      channel
          .writeAndFlush(
              new DefaultHttp2DataFrame(
                  Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), last))
          .sync();
      return this;
    }

    public Stream trailers(Http2Headers trailers) throws Exception {
      channel.writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true)).sync();
      return this;
    }

    public void reset() throws Exception {
      channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).sync();
    }

    /** Takes nothing more until {@link #resume}. */
    public Stream pause() {
      channel.config().setAutoRead(false);
      return this;
    }

    public void resume() {
      channel.config().setAutoRead(true);
    }

    public Http2StreamChannel channel() {
      return channel;
    }

    public Event next() throws Exception {
      Event event = events.poll(PATIENCE, TimeUnit.SECONDS);
      if (event == null) {
        throw new IllegalStateException("nothing came");
      }
      return event;
    }

    public Answer answer() throws Exception {
      Http2Headers head = null;
      Http2Headers trailers = null;
      StringBuilder body = new StringBuilder();
      boolean last = false;
      while (!last) {
        switch (next()) {
          case Event.Head(Http2Headers headers, boolean end) -> {
            if (head != null) {
              trailers = headers;
            } else if (!headers.status().toString().startsWith("1")) {
              head = headers;
            }
            last = end;
          }
          case Event.Data(String text, boolean end) -> {
            body.append(text);
            last = end;
          }
          case Event.Reset(long code) -> throw new java.io.IOException("reset " + code);
          case Event.Gone() -> throw new java.io.EOFException("gone before the end");
        }
      }
      return new Answer(
          Integer.parseInt(head.status().toString()), head, body.toString(), trailers);
    }

    @Override
    public boolean isSharable() {
      return false;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      switch (frame) {
        case Http2HeadersFrame head ->
            events.add(new Event.Head(head.headers(), head.isEndStream()));
        case Http2DataFrame data ->
            events.add(
                new Event.Data(
                    data.content().toString(StandardCharsets.ISO_8859_1), data.isEndStream()));
        default -> {}
      }
      ReferenceCountUtil.release(frame);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        events.add(new Event.Reset(reset.errorCode()));
      }
      ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      events.add(new Event.Gone());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof io.netty.handler.codec.http2.Http2FrameStreamException stream) {
        events.add(new Event.Reset(stream.error().code()));
      }
    }
  }

  @Override
  public void close() throws Exception {
    // From the first handler on: no long goodbye for what a test leaves open.
    channel
        .eventLoop()
        .submit(() -> {
          if (channel.pipeline().firstContext() != null) {
            channel.pipeline().firstContext().close();
          }
        })
        .sync();
    channel.closeFuture().await(PATIENCE, TimeUnit.SECONDS);
  }
}
