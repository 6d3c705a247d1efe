package io.pgrok.pgrokd.listener;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Future;
import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.control.ControlHandler;
import io.pgrok.pgrokd.control.Registrar;
import io.pgrok.pgrokd.control.Session;
import io.pgrok.pgrokd.control.Sessions;
import io.pgrok.pgrokd.proxy.ProxyConnection;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.AuthResp;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the first message of a connection and makes of it what that says: a control connection
 * (Auth), a proxy connection (RegProxy), or nothing.
 */
final class FirstMessageHandler extends SimpleChannelInboundHandler<Message> {

  private static final Logger LOG = LoggerFactory.getLogger(FirstMessageHandler.class);

  private final Sessions sessions;
  private final Registrar registrar;
  private final Timing timing;
  private @Nullable Future<?> timeout;

  FirstMessageHandler(Sessions sessions, Registrar registrar, Timing timing) {
    this.sessions = sessions;
    this.registrar = registrar;
    this.timing = timing;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timeout =
        ctx.executor()
            .schedule(
                () -> drop(ctx, "no message in time"),
                timing.firstMessage().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Message first) {
    switch (first) {
      case Message.Auth auth -> control(ctx, auth);
      case Message.RegProxy registration -> proxy(ctx, registration);
      default -> drop(ctx, "the first message is " + first.getClass().getSimpleName());
    }
  }

  private void control(ChannelHandlerContext ctx, Message.Auth auth) {
    try {
      Session session = sessions.admit(auth, ctx.channel());
      ctx.pipeline()
          .replace(this, "control", new ControlHandler(session, sessions, registrar, timing));
    } catch (RefusedException e) {
      LOG.info("agent refused peer={} reason=\"{}\"", ctx.channel().remoteAddress(), e.sentence());
      ctx.writeAndFlush(AuthResp.refused(e.sentence())).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void proxy(ChannelHandlerContext ctx, Message.RegProxy registration) {
    Optional<Session> session = sessions.find(registration.clientId());
    if (session.isEmpty()) {
      drop(ctx, "RegProxy of an unknown ClientId");
    } else if (!session.get().ownsProxyKey(registration.proxyKey())) {
      drop(ctx, "RegProxy without the session's ProxyKey");
    } else {
      ctx.channel().config().setAutoRead(false);
      ctx.pipeline().remove(this);
      ProxyConnection connection = ProxyConnection.over(ctx.channel());
      ctx.pipeline().remove("decoder");
      session.get().offer(connection);
    }
  }

  private static void drop(ChannelHandlerContext ctx, String reason) {
    LOG.info(
        "tunnel connection refused peer={} reason=\"{}\"", ctx.channel().remoteAddress(), reason);
    ctx.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable root =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    drop(ctx, String.valueOf(root.getMessage()));
  }
}
