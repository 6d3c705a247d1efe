package io.pgrok.protocol.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent reports of itself: {@code GET /api/status} answers it as JSON, {@code GET
 * /api/status/stream} sends it as a server-sent event at once and after each change. The stream
 * carries a comment line at least every 15 s, so that a reader notices a dead agent.
 *
 * @param version of the agent
 * @param sessions one per configuration file, ordered by name
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AgentStatus(String version, List<Session> sessions) {

  public AgentStatus {
    sessions = sessions == null ? List.of() : List.copyOf(sessions);
  }

  /** Where a session stands. */
  public enum SessionState {
    /** Dialling or authenticating for the first time. */
    @JsonProperty("connecting")
    CONNECTING,
    /** Authenticated and answering pings. */
    @JsonProperty("online")
    ONLINE,
    /** The connection was lost or could not be made; it is tried again with backoff. */
    @JsonProperty("reconnecting")
    RECONNECTING,
    /** The server refused the token or the version; it is tried again, seldom. */
    @JsonProperty("refused")
    REFUSED
  }

  /** Where a tunnel stands. */
  public enum TunnelState {
    /** Asked for, not answered yet, or waiting for its session. */
    @JsonProperty("registering")
    REGISTERING,
    /** Registered under its URLs: for at least one of its protocols. */
    @JsonProperty("online")
    ONLINE,
    /** The server refused it; it is asked for again with backoff. */
    @JsonProperty("refused")
    REFUSED
  }

  /**
   * One session with one server.
   *
   * @param name the configuration file's name without its extension
   * @param serverAddr {@code host:port}
   * @param error why it is not online, for people; null when it is
   * @param configError why the newest version of its file is not used, for people, naming file,
   *     line and key; the last good version then goes on. Null when the newest version is used
   * @param tunnels ordered as in the file
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Session(
      String name,
      String serverAddr,
      SessionState state,
      @Nullable String error,
      @Nullable String configError,
      List<Tunnel> tunnels) {
    public Session {
      tunnels = tunnels == null ? List.of() : List.copyOf(tunnels);
    }

    /** A session whose file is in order. */
    public Session(
        String name,
        String serverAddr,
        SessionState state,
        @Nullable String error,
        List<Tunnel> tunnels) {
      this(name, serverAddr, state, error, null, tunnels);
    }
  }

  /**
   * One tunnel of a session.
   *
   * @param name its key in the configuration file
   * @param revision of the configuration that this report speaks of; null when the file has none
   * @param urls public URLs, one per protocol; empty unless online
   * @param error the server's answer when it refused; beside some URLs: about the protocols that
   *     have none. Null when nothing was refused
   * @param lastVisit when a visitor's connection or request last came, in milliseconds since the
   *     epoch, told at most every few seconds; null before the first. Probes do not count
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Tunnel(
      String name,
      @Nullable String revision,
      TunnelState state,
      List<String> urls,
      @Nullable String error,
      @Nullable Long lastVisit) {
    public Tunnel {
      urls = urls == null ? List.of() : List.copyOf(urls);
    }

    /** A tunnel that nobody has visited. */
    public Tunnel(
        String name,
        @Nullable String revision,
        TunnelState state,
        List<String> urls,
        @Nullable String error) {
      this(name, revision, state, urls, error, null);
    }
  }
}
