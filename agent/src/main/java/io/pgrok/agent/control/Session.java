package io.pgrok.agent.control;

import io.pgrok.agent.config.Link;
import io.pgrok.agent.config.SessionSpec;
import io.pgrok.agent.inspect.Inspector;
import io.pgrok.agent.net.Backoff;
import io.pgrok.agent.net.DialFailure;
import io.pgrok.agent.net.Dialer;
import io.pgrok.agent.net.ServerRoute;
import io.pgrok.agent.net.ServerTls;
import io.pgrok.agent.proxy.ProxyConnections;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.message.ClientIds;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.Auth;
import io.pgrok.protocol.message.Message.AuthResp;
import io.pgrok.protocol.message.Message.Drain;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.Ping;
import io.pgrok.protocol.message.Message.Pong;
import io.pgrok.protocol.message.Message.ReqProxy;
import io.pgrok.protocol.message.ProtocolVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one session with one server: connects, authenticates, registers the tunnels, serves, and
 * begins again when the connection is lost. The public methods may be called from any thread.
 */
public final class Session {

  /**
   * With {@code -Dpgrok.classic=true} as a Go client would: to compare, and to search for faults.
   */
  private static final List<String> OFFERED =
      Boolean.getBoolean("pgrok.classic") ? List.of() : Extension.ALL;

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private static final Duration AUTH_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration END_TIMEOUT = Duration.ofSeconds(3);

  /**
   * A visitor whom the server has just sent may still be on the way when it has closed a tunnel.
   */
  private static final Duration STRAGGLERS = Duration.ofMillis(100);

  /** Events that are handled before tunnels and heartbeat are looked at again. */
  private static final int AT_ONCE = 1000;

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration RETRY_LIMIT = Duration.ofSeconds(3);
  private static final Duration REFUSED_RETRY = Duration.ofSeconds(2);
  private static final Duration REFUSED_RETRY_LIMIT = Duration.ofSeconds(30);

  private final Dialer dialer;
  private final Reporter reporter;
  private final BlockingQueue<Event> mailbox = new LinkedBlockingQueue<>();
  private final RandomGenerator random = new SplittableRandom();
  private final Backoff lostBackoff = new Backoff(FIRST_RETRY, RETRY_LIMIT, random);
  private final Backoff refusedBackoff = new Backoff(REFUSED_RETRY, REFUSED_RETRY_LIMIT, random);
  private final Tunnels tunnels = new Tunnels(random);
  private final ProxyConnections proxies;
  private final Duration drain;
  private final Thread thread;

  private SessionSpec spec;
  private String clientId = "";
  private boolean stopping;
  private volatile boolean returns;
  private volatile boolean online;
  private final Predecessor predecessor = new Predecessor();
  private boolean sharesNames;

  /**
   * @param status told of every change, on the session's thread
   * @param drain how long visitors' running connections may go on after {@link #stop}
   */
  public Session(
      SessionSpec spec,
      Dialer dialer,
      Traffic traffic,
      Inspector inspector,
      Duration drain,
      Consumer<AgentStatus.Session> status) {
    this.spec = spec;
    this.dialer = dialer;
    this.reporter = new Reporter(status, now());
    this.drain = drain;
    this.proxies = new ProxyConnections(dialer, tunnels::route, traffic, inspector);
    this.thread = Thread.ofVirtual().name("session-" + spec.name()).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** Goes over to a new version of the configuration; what did not change is not touched. */
  public void reconfigure(SessionSpec next) {
    mailbox.add(new Event.Configured(next));
  }

  /** The newest configuration cannot be used: the session goes on with the last one and says so. */
  public void misconfigured(String why) {
    mailbox.add(new Event.Misconfigured(why));
  }

  /**
   * Begins to end: no new visitors, running ones may finish.
   *
   * @param returns whether the tunnels may be opened again in a moment, by this program's next run
   *     or by the pod that takes the place of this one: visitors then wait
   */
  public void stop(boolean returns) {
    this.returns = returns;
    mailbox.add(new Event.Stop());
    if (!online) {
      thread.interrupt();
    }
  }

  /** Waits for the end, which is bounded. */
  public void join() throws InterruptedException {
    if (!thread.join(drain.plus(END_TIMEOUT))) {
      LOG.warn("session does not end session={}", spec.name());
      thread.interrupt();
    }
  }

  private void run() {
    LOG.info("session starts session={} server={}", spec.name(), spec.link().server());
    tunnels.configure(spec.tunnels(), now());
    try {
      while (!stopping) {
        try (ControlConnection control = connect()) {
          Grant grant = authenticate(control);
          online = true;
          serve(control, grant);
        } catch (SessionFailure failure) {
          online = false;
          pause(failure);
        } catch (RuntimeException | LinkageError fault) {
          LOG.error("session failed session={}", spec.name(), fault);
          online = false;
          // An agent that runs on without its session would be an outage that nothing ends.
          pause(new SessionFailure.Lost("an error of pgrok itself: " + fault, fault));
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("session interrupted session={}", spec.name());
    } finally {
      proxies.close();
      predecessor.end();
    }
    LOG.info("session ended session={}", spec.name());
  }

  private ControlConnection connect() throws SessionFailure, InterruptedException {
    tell();
    Link link = spec.link();
    try {
      ServerRoute route = new ServerRoute(dialer, link, ServerTls.of(link));
      ControlConnection control = ControlConnection.open(route, dialer.nextLoop(), mailbox::add);
      proxies.server(route, control.remoteAddress());
      return control;
    } catch (IOException e) {
      throw new SessionFailure.Lost(DialFailure.describe(link.server(), e), e);
    }
  }

  private Grant authenticate(ControlConnection control)
      throws SessionFailure, InterruptedException {
    control.send(
        new Auth(
            ProtocolVersion.WIRE,
            ProtocolVersion.MAJOR_MINOR,
            spec.link().token(),
            "",
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT),
            System.getProperty("os.arch", ""),
            clientId,
            OFFERED));
    control.read();
    Message first = nextMessage(control, now() + AUTH_TIMEOUT.toNanos());
    if (!(first instanceof AuthResp answer)) {
      throw new SessionFailure.Lost("the server began with no answer to Auth", null);
    }
    if (!answer.error().isEmpty()) {
      throw new SessionFailure.Refused(answer.error());
    }
    Grant grant = Grant.of(answer);
    clientId = grant.clientId();
    sharesNames = grant.sharesNames();
    proxies.pass(grant.proxyPass(), grant.links());
    tunnels.connected(grant.extensions());
    LOG.info(
        "session online session={} server={} clientId={} serverVersion={} extensions={}",
        spec.name(),
        spec.link().server(),
        ClientIds.brief(grant.clientId()),
        grant.serverVersion(),
        grant.extensions());
    return grant;
  }

  private void serve(ControlConnection control, Grant grant)
      throws SessionFailure, InterruptedException {
    Heartbeat heartbeat = Heartbeat.start(grant.briefHeartbeat(), now());
    reporter.became(SessionState.ONLINE, null);
    while (!stopping) {
      if (tunnels.mustClose() && !grant.closesSingleTunnels()) {
        throw new SessionFailure.Renewed();
      }
      List<Message> due = tunnels.due(now());
      due.forEach(control::send);
      if (!due.isEmpty()) {
        reporter.asked(now());
      }
      predecessor.check(now(), tunnels::answered);
      beat(control, heartbeat);
      long next = predecessor.nextCheck(Math.min(heartbeat.nextCheck(), tunnels.nextDue(now())));
      if (reporter.isDue(now(), tunnels.awaitsAnswers())) {
        tell();
      } else {
        next = reporter.nextCheck(next, tunnels.awaitsAnswers());
      }
      Event event = nextEvent(control, next);
      // What has come together is taken together: above, each of thousands of tunnels is looked at.
      // When it is to stop, the rest is for those who end it.
      for (int left = AT_ONCE - 1; event != null; left--) {
        handle(event, control, heartbeat);
        event = left > 0 && !stopping ? mailbox.poll() : null;
      }
    }
    finish(control, grant, heartbeat);
  }

  private void handle(Event event, ControlConnection control, Heartbeat heartbeat)
      throws SessionFailure {
    if (event instanceof Event.Received(var from, Drain _) && from == control) {
      predecessor.leave(control);
      throw new SessionFailure.Moves("the server is about to end");
    } else if (event instanceof Event.Received(var from, var message) && from == control) {
      heartbeat.heard();
      received(message);
    } else {
      take(event, control);
    }
  }

  private void beat(ControlConnection control, Heartbeat heartbeat) throws SessionFailure {
    switch (heartbeat.check(now())) {
      case NOTHING -> {}
      case PING -> {
        control.send(new Ping());
        heartbeat.pinged(now());
      }
      case GIVE_UP ->
          throw new SessionFailure.Lost(
              "%s does not answer any more".formatted(spec.link().server()), null);
    }
  }

  private void received(Message message) {
    switch (message) {
      case ReqProxy _ -> proxies.open();
      case Pong _ -> {
        // The session has held for a while: the next loss is a new story.
        lostBackoff.reset();
        refusedBackoff.reset();
      }
      case NewTunnel answer -> answered(answer);
      default ->
          LOG.debug(
              "message ignored session={} type={}",
              spec.name(),
              message.getClass().getSimpleName());
    }
  }

  private void answered(NewTunnel answer) {
    String tunnel = tunnels.answered(answer, now());
    if (tunnel == null) {
      return;
    }
    reporter.changed();
    if (answer.error().isEmpty()) {
      LOG.info("tunnel online session={} tunnel={} url={}", spec.name(), tunnel, answer.url());
    } else {
      LOG.warn(
          "tunnel refused session={} tunnel={} error=\"{}\"", spec.name(), tunnel, answer.error());
    }
  }

  /** Everything that is not a message of the current connection. */
  private void take(Event event, @Nullable ControlConnection control) throws SessionFailure {
    reporter.changed();
    switch (event) {
      case Event.Received _ -> {}
      case Event.Lost(var connection, var cause) -> {
        if (connection == control) {
          throw new SessionFailure.Lost(lost(cause), cause);
        }
      }
      case Event.Misconfigured(String why) -> reporter.misconfigured(why);
      case Event.Stop _ -> stopping = true;
      case Event.Configured(SessionSpec next) -> {
        Link before = spec.link();
        spec = next;
        reporter.misconfigured(null);
        tunnels.configure(next.tunnels(), now());
        if (control != null && sharesNames && next.link().hasOnlyAnotherTokenThan(before)) {
          relieve(control);
        } else if (!next.link().equals(before)) {
          throw new SessionFailure.Renewed();
        }
      }
    }
  }

  /**
   * Another token: this session goes on until the next one has its tunnels, so that no visitor
   * notices. A ClientId of its own keeps the server from taking the two for one.
   */
  private void relieve(ControlConnection control) throws SessionFailure {
    predecessor.leave(control);
    clientId = "";
    throw new SessionFailure.Moves("the token changed");
  }

  private String lost(@Nullable Throwable cause) {
    return cause == null
        ? "%s closed the connection".formatted(spec.link().server())
        : "the connection to %s was lost: %s".formatted(spec.link().server(), cause.getMessage());
  }

  /** Waits before the next try, or not at all when the configuration brings a better one. */
  private void pause(SessionFailure failure) throws InterruptedException {
    if (failure instanceof SessionFailure.Moves moves) {
      LOG.info(
          "session moves session={} server={} reason=\"{}\"",
          spec.name(),
          spec.link().server(),
          moves.text());
      proxies.leave();
      tunnels.leave(now());
      return;
    }
    proxies.disconnected();
    if (predecessor.serves()) {
      tunnels.leave(now());
    } else {
      tunnels.disconnected(now());
    }
    Duration wait = failed(failure);
    tell();
    long until = now() + wait.toNanos();
    while (!stopping && until - now() > 0) {
      try {
        Event event = mailbox.poll(until - now(), TimeUnit.NANOSECONDS);
        if (event != null) {
          take(event, null);
          tell();
        }
      } catch (SessionFailure renewed) {
        LOG.debug("new configuration, no more waiting session={}", spec.name());
        return;
      }
    }
  }

  private Duration failed(SessionFailure failure) {
    switch (failure) {
      case SessionFailure.Renewed _, SessionFailure.Moves _ -> {
        reporter.became(SessionState.RECONNECTING, null);
        LOG.info("session connects anew session={} reason=configuration", spec.name());
        return Duration.ZERO;
      }
      case SessionFailure.Refused refused -> {
        reporter.became(SessionState.REFUSED, refused.text());
        return nextTry("refused", refused.text(), failure, refusedBackoff);
      }
      case SessionFailure.Lost lost -> {
        if (predecessor.isNeeded()) {
          return nextTry("moves on", lost.text(), failure, lostBackoff);
        }
        reporter.became(SessionState.RECONNECTING, lost.text());
        return nextTry("offline", lost.text(), failure, lostBackoff);
      }
    }
  }

  private Duration nextTry(String what, String why, SessionFailure failure, Backoff backoff) {
    Duration wait = backoff.next();
    LOG.warn(
        "session {} session={} error=\"{}\" nextTryMillis={}",
        what,
        spec.name(),
        why,
        wait.toMillis());
    LOG.debug("session failure session={}", spec.name(), failure);
    return wait;
  }

  /**
   * Ends in an order that loses no visitor: the server stops sending new ones, those who are here
   * finish, then the control connection closes. A server that cannot close single tunnels stops
   * sending visitors when the control connection closes.
   */
  private void finish(ControlConnection control, Grant grant, Heartbeat heartbeat)
      throws SessionFailure, InterruptedException {
    LOG.info("session ends session={} running={}", spec.name(), proxies.running());
    tunnels.close(returns);
    long deadline = now() + drain.toNanos();
    if (grant.closesSingleTunnels()) {
      tunnels.due(now()).forEach(control::send);
      control.send(new Ping());
      drainOnline(control, heartbeat, deadline);
    } else {
      control.close();
    }
    proxies.drain(Duration.ofNanos(Math.max(0, deadline - now())));
  }

  /** Goes on pinging, or the server would end the session and its visitors with it. */
  private void drainOnline(ControlConnection control, Heartbeat heartbeat, long deadline)
      throws SessionFailure, InterruptedException {
    long settled = deadline;
    while (deadline - now() > 0 && !(settled - now() <= 0 && proxies.running() == 0)) {
      beat(control, heartbeat);
      long glance = now() + TimeUnit.MILLISECONDS.toNanos(20);
      switch (nextEvent(control, glance)) {
        case Event.Received(var from, Pong _) when from == control -> {
          heartbeat.heard();
          settled = Math.min(settled, now() + STRAGGLERS.toNanos());
        }
        case Event.Received(var from, ReqProxy _) when from == control -> proxies.open();
        case Event.Lost(var connection, _) when connection == control -> {
          return;
        }
        case null, default -> {}
      }
    }
  }

  private Message nextMessage(ControlConnection control, long deadline)
      throws SessionFailure, InterruptedException {
    while (true) {
      Event event = nextEvent(control, deadline);
      if (event == null) {
        throw new SessionFailure.Lost(
            "%s does not answer; is it a pgrokd's tunnel port?".formatted(spec.link().server()),
            null);
      }
      if (event instanceof Event.Received(var from, var message) && from == control) {
        return message;
      }
      take(event, control);
      if (stopping) {
        throw new SessionFailure.Renewed();
      }
    }
  }

  private @Nullable Event nextEvent(ControlConnection control, long deadline)
      throws InterruptedException {
    if (mailbox.isEmpty()) {
      control.read();
    }
    return mailbox.poll(Math.max(0, deadline - now()), TimeUnit.NANOSECONDS);
  }

  /**
   * Not while more has happened that a report would have to tell, nor of a move that no visitor
   * notices.
   */
  private void tell() {
    if (mailbox.isEmpty() && (!predecessor.isNeeded() || reporter.hasBeenRefused())) {
      reporter.tell(spec, tunnels, now());
    }
  }

  private static long now() {
    return System.nanoTime();
  }
}
