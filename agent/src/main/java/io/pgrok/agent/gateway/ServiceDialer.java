package io.pgrok.agent.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Upstream;
import io.pgrok.agent.net.Dialer;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * Connects to private services: TCP, then the PROXY protocol's header, then TLS, as the tunnel's
 * configuration has it. Thread-safe.
 */
public final class ServiceDialer {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final Dialer dialer;
  private final ServiceTls tls = new ServiceTls();

  public ServiceDialer(Dialer dialer) {
    this.dialer = dialer;
  }

  /**
   * Who is behind a private connection.
   *
   * @param client {@code ip:port} of the visitor
   * @param publicPort where the visitor came in; 0 for unknown
   */
  public record Visitor(String client, int publicPort) {}

  /**
   * Opens a private connection, which reads nothing by itself.
   *
   * @return done when application bytes may be written
   */
  public Future<Channel> dial(
      PrivateAddress service, Upstream upstream, Visitor visitor, EventLoop loop) {
    Promise<Channel> ready = loop.newPromise();
    dialer
        .dial(service.at(), loop, CONNECT_TIMEOUT, unread())
        .addListener(dialled -> {
          if (!dialled.isSuccess()) {
            ready.setFailure(dialled.cause());
            return;
          }
          Channel channel = (Channel) Objects.requireNonNull(dialled.getNow());
          if (upstream.proxyProtocol() != null) {
            channel
                .writeAndFlush(
                    ProxyHeader.of(
                        upstream.proxyProtocol(), visitor.client(), visitor.publicPort()))
                .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
          }
          if (service.speaks() == PrivateAddress.Speaks.HTTPS) {
            encrypt(channel, service, upstream, ready);
          } else {
            ready.setSuccess(channel);
          }
        });
    return ready;
  }

  private void encrypt(
      Channel channel, PrivateAddress service, Upstream upstream, Promise<Channel> ready) {
    SslHandler handler;
    try {
      handler =
          tls.context(upstream)
              .newHandler(channel.alloc(), service.at().host(), service.at().port());
    } catch (IOException e) {
      channel.close();
      ready.setFailure(e);
      return;
    }
    handler.setHandshakeTimeout(
        CONNECT_TIMEOUT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
    handler
        .handshakeFuture()
        .addListener(shaken -> {
          if (shaken.isSuccess()) {
            ready.setSuccess(channel);
          } else {
            channel.close();
            ready.setFailure(shaken.cause());
          }
        });
    channel.pipeline().addFirst("tls", handler);
    channel.read();
  }

  /** Bootstraps demand a handler; the ones that matter come when the channel is connected. */
  private static ChannelHandler unread() {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel service) {
        service.config().setAutoRead(false);
      }
    };
  }
}
