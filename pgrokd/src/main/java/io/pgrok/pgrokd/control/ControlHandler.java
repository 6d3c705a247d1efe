package io.pgrok.pgrokd.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.control.Sessions.Ending;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.AuthResp;
import io.pgrok.protocol.message.Message.ReqProxy;
import io.pgrok.protocol.message.ProtocolVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control connection of one admitted session: messages in, answers out, silence noticed. */
public final class ControlHandler extends SimpleChannelInboundHandler<Message> {

  private static final Logger LOG = LoggerFactory.getLogger(ControlHandler.class);

  private static final Duration EXPIRY_STEP = Duration.ofHours(1);

  private final Session session;
  private final Sessions sessions;
  private final Registrar registrar;
  private final Duration silence;
  private final int links;
  private @Nullable Future<?> silenceTimer;
  private @Nullable Future<?> expiryTimer;

  /**
   * @param links how many links of an agent are of use
   */
  public ControlHandler(
      Session session, Sessions sessions, Registrar registrar, Timing timing, int links) {
    this.session = session;
    this.sessions = sessions;
    this.registrar = registrar;
    this.silence =
        session.terms().extensions().contains(Extension.HEARTBEAT)
            ? timing.heartbeatSilence()
            : timing.controlSilence();
    this.links = session.mayLink() ? links : 0;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    Session.Terms terms = session.terms();
    List<String> granted = Extension.ALL.stream().filter(terms.extensions()::contains).toList();
    session
        .link()
        .send(
            new AuthResp(
                ProtocolVersion.WIRE,
                ProtocolVersion.MAJOR_MINOR,
                terms.id(),
                "",
                granted,
                terms.proxyKey(),
                links));
    if (links == 0) {
      session.link().send(new ReqProxy());
    }
    watchSilence(ctx);
    watchExpiry(ctx);
  }

  private void watchSilence(ChannelHandlerContext ctx) {
    Duration left = silence.minus(session.silence());
    if (!ctx.channel().isActive()) {
      return;
    }
    if (left.isPositive()) {
      silenceTimer =
          ctx.executor()
              .schedule(() -> watchSilence(ctx), left.toMillis() + 1, TimeUnit.MILLISECONDS);
    } else {
      sessions.end(session, Ending.SILENT);
    }
  }

  private void watchExpiry(ChannelHandlerContext ctx) {
    Instant expires = session.identity().expires();
    if (expires == null || !ctx.channel().isActive()) {
      return;
    }
    Duration left = Duration.between(Instant.now(), expires);
    if (left.isPositive()) {
      // In steps: a timer takes no number of milliseconds that a date can be away.
      long wait = left.compareTo(EXPIRY_STEP) > 0 ? EXPIRY_STEP.toMillis() : left.toMillis() + 1;
      expiryTimer = ctx.executor().schedule(() -> watchExpiry(ctx), wait, TimeUnit.MILLISECONDS);
    } else {
      sessions.end(session, Ending.EXPIRED);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    for (Future<?> timer : Arrays.asList(silenceTimer, expiryTimer)) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Message message) {
    session.heard();
    switch (message) {
      case Message.Ping _ -> session.link().send(new Message.Pong());
      case Message.ReqTunnel request -> registrar.register(session, request);
      case Message.CloseTunnel close when session.terms().extensions().contains(Extension.CLOSE) ->
          registrar.close(session, close.url(), close.returns());
      default -> {
        LOG.warn(
            "a message that an agent does not send client={} type={}",
            session.briefId(),
            message.getClass().getSimpleName());
        sessions.end(session, Ending.MISBEHAVED);
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    sessions.end(session, Ending.DISCONNECTED);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    if (!(root instanceof IOException)) {
      LOG.warn("control connection failed client={} error={}", session.briefId(), root.toString());
    }
    ctx.close();
  }
}
