package io.pgrok.agent.status;

import io.pgrok.protocol.agent.AgentStatus;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The newest state of every session. Thread-safe. */
public final class StatusBoard {

  private final String version;
  private final SortedMap<String, AgentStatus.Session> sessions = new TreeMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param version of the agent
   */
  public StatusBoard(String version) {
    this.version = version;
  }

  /** Replaces what was known of the session of that name. */
  public void publish(AgentStatus.Session session) {
    synchronized (this) {
      sessions.put(session.name(), session);
    }
    listeners.forEach(Runnable::run);
  }

  /** Forgets a session. */
  public void remove(String session) {
    synchronized (this) {
      sessions.remove(session);
    }
    listeners.forEach(Runnable::run);
  }

  public synchronized AgentStatus current() {
    return new AgentStatus(version, List.copyOf(sessions.values()));
  }

  /** Calls after each change, on the thread that made it; must be quick. Close to end that. */
  public Subscription onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Ends without checked exceptions. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
