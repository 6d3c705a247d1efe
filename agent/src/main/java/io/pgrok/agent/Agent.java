package io.pgrok.agent;

import io.pgrok.agent.api.TunnelControl;
import io.pgrok.agent.config.ConfigSource;
import io.pgrok.agent.config.ConfigWatcher;
import io.pgrok.agent.config.Loaded;
import io.pgrok.agent.config.Overlay;
import io.pgrok.agent.config.SessionSpec;
import io.pgrok.agent.config.TunnelSpec;
import io.pgrok.agent.control.Session;
import io.pgrok.agent.inspect.Inspector;
import io.pgrok.agent.net.Dialer;
import io.pgrok.agent.net.Network;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one {@link Session} per configuration file, and follows the files. */
public final class Agent implements AutoCloseable, TunnelControl {

  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final StatusBoard board;
  private final Traffic traffic;
  private final Dialer dialer;
  private final Inspector inspector;
  private final Duration drain;
  private final ConfigWatcher watcher;
  private final Map<String, Session> sessions = new HashMap<>();
  private final Map<String, String> told = new HashMap<>();
  private final Map<String, SessionSpec> configured = new TreeMap<>();
  private final Overlay overlay = new Overlay();
  private boolean closed;

  /**
   * @param drain how long visitors' running connections may go on after {@link #close}
   */
  public Agent(
      ConfigSource source,
      Network network,
      StatusBoard board,
      Traffic traffic,
      Inspector inspector,
      Duration drain) {
    this.inspector = inspector;
    this.board = board;
    this.traffic = traffic;
    this.dialer = new Dialer(network);
    this.drain = drain;
    this.watcher = new ConfigWatcher(source, this::apply);
  }

  /** Starts the sessions that are configured now, and follows changes from then on. */
  public void start() throws IOException {
    watcher.start();
  }

  private synchronized void apply(SortedMap<String, Loaded> wanted) {
    if (closed) {
      return;
    }
    for (String name : List.copyOf(sessions.keySet())) {
      if (!wanted.containsKey(name)) {
        LOG.info("session removed session={}", name);
        configured.remove(name);
        Session gone = sessions.remove(name);
        if (gone != null) {
          end(name, gone);
        }
      }
    }
    told.keySet().removeIf(name -> !wanted.containsKey(name) && forget(name));
    wanted.forEach((name, loaded) -> {
      switch (loaded) {
        case Loaded.Good(SessionSpec spec) -> good(name, spec);
        case Loaded.Broken(String error) -> broken(name, error);
      }
    });
  }

  private void good(String name, SessionSpec configuration) {
    told.remove(name);
    configured.put(name, configuration);
    // What was opened by hand belongs to the first session: by hand there is only one.
    SessionSpec spec =
        name.equals(configured.keySet().iterator().next())
            ? overlay.on(configuration)
            : configuration;
    if (spec.tunnels().stream().anyMatch(tunnel -> Boolean.TRUE.equals(tunnel.inspect()))) {
      inspector.wanted().run();
    }
    Session running = sessions.get(name);
    if (running != null) {
      running.reconfigure(spec);
      return;
    }
    Session session = new Session(spec, dialer, traffic, inspector, drain, board::publish);
    sessions.put(name, session);
    session.start();
  }

  @Override
  public synchronized boolean open(TunnelSpec tunnel) {
    overlay.open(tunnel);
    return reconfigureFirst();
  }

  @Override
  public synchronized boolean close(String tunnel) {
    boolean known =
        configured.values().stream()
            .limit(1)
            .flatMap(session -> overlay.on(session).tunnels().stream())
            .anyMatch(open -> open.name().equals(tunnel));
    if (known) {
      overlay.close(tunnel);
      reconfigureFirst();
    }
    return known;
  }

  private boolean reconfigureFirst() {
    if (configured.isEmpty() || closed) {
      return false;
    }
    Map.Entry<String, SessionSpec> first = configured.entrySet().iterator().next();
    good(first.getKey(), first.getValue());
    return true;
  }

  private void broken(String name, String error) {
    if (!error.equals(told.put(name, error))) {
      LOG.error("configuration not used session={} error=\"{}\"", name, error);
    }
    Session running = sessions.get(name);
    if (running != null) {
      running.misconfigured(error);
    } else {
      board.publish(
          new AgentStatus.Session(name, "", SessionState.CONNECTING, error, error, List.of()));
    }
  }

  private boolean forget(String name) {
    board.remove(name);
    return true;
  }

  /** The session ends on its own time; its last report must not outlive it. */
  private void end(String name, Session session) {
    session.stop(false);
    Thread.startVirtualThread(() -> {
      try {
        session.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      synchronized (this) {
        if (!sessions.containsKey(name)) {
          board.remove(name);
        }
      }
    });
  }

  /** Ends all sessions at once; returns when they have ended, in bounded time. */
  @Override
  public void close() {
    List<Session> ending;
    synchronized (this) {
      closed = true;
      watcher.close();
      ending = new ArrayList<>(sessions.values());
      sessions.clear();
    }
    ending.forEach(session -> session.stop(true));
    for (Session session : ending) {
      try {
        session.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
