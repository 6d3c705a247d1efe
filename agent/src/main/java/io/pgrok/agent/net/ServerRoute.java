package io.pgrok.agent.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgrok.agent.config.HttpProxy;
import io.pgrok.agent.config.Link;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;

/** The way to one server: direct or by way of a proxy, always with TLS on top. Thread-safe. */
public final class ServerRoute {

  /**
   * Long enough for two lost SYNs (repeated after 1 s and 3 s), short enough that an address which
   * a dying server left behind does not hold the session up when its successor is there.
   */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  private final Dialer dialer;
  private final Link link;
  private final ServerTls tls;

  public ServerRoute(Dialer dialer, Link link, ServerTls tls) {
    this.dialer = dialer;
    this.link = link;
    this.tls = tls;
  }

  /** What secures each connection. */
  public ServerTls tls() {
    return tls;
  }

  /**
   * Looks the server up and connects.
   *
   * @param handler sets the channel up, TLS first
   */
  public Future<Channel> dial(EventLoop loop, ChannelHandler handler) {
    HttpProxy proxy = link.proxy();
    return proxy == null
        ? dialer.dial(link.server(), loop, CONNECT_TIMEOUT, handler)
        : dialThrough(proxy, loop, handler);
  }

  private Future<Channel> dialThrough(HttpProxy proxy, EventLoop loop, ChannelHandler handler) {
    Promise<Channel> through = loop.newPromise();
    ChannelHandler connect =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel
                .pipeline()
                .addLast("connect", new HttpConnect(proxy, link.server(), handler, through));
          }
        };
    dialer
        .dial(proxy.address(), loop, CONNECT_TIMEOUT, connect)
        .addListener(dialled -> {
          if (!dialled.isSuccess()) {
            through.tryFailure(
                new IOException(
                    "no connection to the proxy %s: %s"
                        .formatted(proxy.address(), dialled.cause().getMessage()),
                    dialled.cause()));
          }
        });
    return through;
  }

  /**
   * Connects to where an earlier connection ended up: of several servers behind one name, only one
   * knows the session. A proxy decides that by itself.
   */
  public Future<Channel> dialAgain(SocketAddress earlier, EventLoop loop, ChannelHandler handler) {
    return link.proxy() == null
        ? dialer.dial(earlier, loop, CONNECT_TIMEOUT, handler)
        : dial(loop, handler);
  }

  /** For log lines. */
  @Override
  public String toString() {
    return link.server().toString();
  }
}
