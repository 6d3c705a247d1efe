package io.pgrok.pgrokd.limit;

import io.pgrok.pgrokd.auth.Identity;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The {@link Quota} of each token's name that has sessions, or had some just now. Thread-safe. */
public final class Quotas {

  private final Map<String, Quota> byName = new ConcurrentHashMap<>();

  /**
   * A session begins.
   *
   * @param address of the agent: on an open server it stands for the name that nobody gave
   * @param most sessions of the name
   * @return empty when there are as many already; nothing is counted then
   */
  public Optional<Quota> join(Identity identity, String address, int most) {
    @Nullable Quota[] joined = new Quota[1];
    byName.compute(
        key(identity, address),
        (key, known) -> {
          Quota quota = known == null ? new Quota() : known;
          if (quota.sessions < most) {
            quota.sessions++;
            joined[0] = quota;
          }
          return quota;
        });
    return Optional.ofNullable(joined[0]);
  }

  /** A session has ended. */
  public void leave(Identity identity, String address) {
    byName.computeIfPresent(
        key(identity, address),
        (key, quota) -> {
          quota.sessions--;
          return quota;
        });
  }

  /** What a name has in use; empty for one that has no sessions, and on an open server. */
  public Optional<Quota> find(Identity identity) {
    return identity.isAnonymous()
        ? Optional.empty()
        : Optional.ofNullable(byName.get(key(identity, "")));
  }

  /**
   * Forgets names whose sessions have ended. Not at once: visitors may be there still, and nobody
   * gets a fresh rate by reconnecting.
   */
  public void forgetIdle() {
    for (String name : byName.keySet()) {
      byName.computeIfPresent(name, (key, quota) -> quota.isIdle() ? null : quota);
    }
  }

  /** How many names are remembered. */
  public int size() {
    return byName.size();
  }

  private static String key(Identity identity, String address) {
    return identity.isAnonymous() ? "address " + address : "name " + identity.name();
  }
}
