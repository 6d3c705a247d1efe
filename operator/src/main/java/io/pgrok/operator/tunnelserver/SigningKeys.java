package io.pgrok.operator.tunnelserver;

import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.grant.SigningKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which signing key is used while a server changes its own. A new key is in the connection Secret
 * before every pgrokd pod knows it, and the earlier one stays good: tokens go on with the earlier
 * one until the roll-out is over. An operator that starts meanwhile uses the new one. Thread-safe.
 */
@ApplicationScoped
public class SigningKeys {

  /** Longer than a roll-out of pgrokd takes, much shorter than a token is good for. */
  static final Duration ROLL_OUT = Duration.ofMinutes(5);

  private record Change(SigningKey from, SigningKey to, Instant at) {}

  /**
   * A server with the key to use now.
   *
   * @param again when this has to be asked again; empty for never
   */
  record Settled(ServerConnection server, Optional<Duration> again) {}

  private final Map<String, SigningKey> used = new HashMap<>();
  private final Map<String, Change> changes = new HashMap<>();

  synchronized Settled settle(ServerConnection server, Instant now) {
    var newest = server.signingKey();
    var before = used.get(server.name());
    if (newest == null || before == null || newest.equals(before)) {
      return use(server, newest);
    }
    var change =
        changes.compute(
            server.name(),
            (name, known) ->
                known != null && known.to().equals(newest)
                    ? known
                    : new Change(before, newest, now.plus(ROLL_OUT)));
    return now.isBefore(change.at())
        ? new Settled(
            server.withSigningKey(change.from()), Optional.of(Duration.between(now, change.at())))
        : use(server, newest);
  }

  private Settled use(ServerConnection server, @Nullable SigningKey key) {
    changes.remove(server.name());
    if (key == null) {
      used.remove(server.name());
    } else {
      used.put(server.name(), key);
    }
    return new Settled(server, Optional.empty());
  }
}
