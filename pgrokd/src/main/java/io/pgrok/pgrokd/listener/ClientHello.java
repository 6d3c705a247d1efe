package io.pgrok.pgrokd.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads which name a client asks for, and makes way for what goes on with the connection, which
 * gets the bytes from the first one on.
 */
final class ClientHello extends AbstractSniHandler<Boolean> {

  /** Goes on with a connection. */
  @FunctionalInterface
  interface Next {
    /**
     * Replaces the handler of {@code ctx} in its pipeline.
     *
     * @param host lower case; null when the client named none
     */
    void go(ChannelHandlerContext ctx, @Nullable String host);
  }

  private final Next next;

  /**
   * @param patience from here to the end of the first message
   */
  ClientHello(Duration patience, Next next) {
    super(patience.toMillis());
    this.next = next;
  }

  /** TLS with the certificate for the name. */
  static ClientHello choosing(ServerTls tls, Duration patience) {
    return new ClientHello(
        patience,
        (ctx, host) -> {
          SslHandler handler = tls.choose(host).context().newHandler(ctx.alloc());
          handler.setHandshakeTimeoutMillis(patience.toMillis());
          ctx.pipeline().replace(ctx.handler(), "tls", handler);
        });
  }

  @Override
  protected Future<Boolean> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
    return ctx.executor().newSucceededFuture(true);
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String hostname, Future<Boolean> known) {
    next.go(ctx, hostname);
  }
}
