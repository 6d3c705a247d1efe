package io.pgrok.pgrokd.listener;

import io.netty.channel.Channel;
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
import io.pgrok.protocol.mux.MuxLink;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the first message of a connection and makes of it what that says: a control connection
 * (Auth), a proxy connection (RegProxy), a link (RegLink), or nothing.
 */
final class FirstMessageHandler extends SimpleChannelInboundHandler<Message> {

  private static final Logger LOG = LoggerFactory.getLogger(FirstMessageHandler.class);

  private final Sessions sessions;
  private final Registrar registrar;
  private final Timing timing;
  private final int links;
  private final Runnable known;
  private @Nullable Future<?> timeout;

  /**
   * @param links how many links of an agent are of use
   * @param known is told once: the connection has said what it is, or has gone
   */
  FirstMessageHandler(
      Sessions sessions, Registrar registrar, Timing timing, int links, Runnable known) {
    this.sessions = sessions;
    this.registrar = registrar;
    this.timing = timing;
    this.links = links;
    this.known = known;
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
    known.run();
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Message first) {
    switch (first) {
      case Message.Auth auth -> control(ctx, auth);
      case Message.RegProxy registration -> proxy(ctx, registration);
      case Message.RegLink registration -> link(ctx, registration);
      default -> drop(ctx, "the first message is " + first.getClass().getSimpleName());
    }
  }

  private void control(ChannelHandlerContext ctx, Message.Auth auth) {
    try {
      Session session = sessions.admit(auth, ctx.channel());
      ctx.pipeline()
          .replace(
              this, "control", new ControlHandler(session, sessions, registrar, timing, links));
    } catch (RefusedException e) {
      LOG.info("agent refused peer={} reason=\"{}\"", ctx.channel().remoteAddress(), e.sentence());
      ctx.writeAndFlush(AuthResp.refused(e.sentence())).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void proxy(ChannelHandlerContext ctx, Message.RegProxy registration) {
    Session session = owner(ctx, registration.clientId(), registration.proxyKey());
    if (session != null) {
      ctx.channel().config().setAutoRead(false);
      ctx.pipeline().remove(this);
      ProxyConnection connection = ProxyConnection.over(ctx.channel());
      ctx.pipeline().remove("decoder");
      session.offer(connection);
    }
  }

  private void link(ChannelHandlerContext ctx, Message.RegLink registration) {
    Session session = owner(ctx, registration.clientId(), registration.proxyKey());
    if (session != null && !session.mayLink()) {
      drop(ctx, "RegLink of a session without links");
    } else if (session != null) {
      ctx.pipeline().remove(this);
      ctx.pipeline().remove("encoder");
      Moving.to(session.placeOf(ctx.channel()), ctx.channel(), channel -> opened(session, channel));
      ctx.pipeline().remove("decoder"); // hands on what it has read
    }
  }

  private static void opened(Session session, Channel channel) {
    MuxLink link = MuxLink.opening(channel);
    LOG.info("link opened client={} peer={}", session.briefId(), channel.remoteAddress());
    session.offer(link);
  }

  /** The session that the connection belongs to; null when it was dropped. */
  private @Nullable Session owner(ChannelHandlerContext ctx, String clientId, String proxyKey) {
    Optional<Session> session = sessions.find(clientId);
    if (session.isEmpty()) {
      drop(ctx, "unknown ClientId");
    } else if (!session.get().ownsProxyKey(proxyKey)) {
      drop(ctx, "not the session's ProxyKey");
    } else {
      return session.get();
    }
    return null;
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
