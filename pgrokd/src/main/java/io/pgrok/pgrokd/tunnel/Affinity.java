package io.pgrok.pgrokd.tunnel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which random subdomain or port an agent had, so that it gets the same one again. Holds
 * the {@value #CAPACITY} most recently used. Thread-safe.
 */
public final class Affinity {

  private static final int CAPACITY = 10_000;

  /**
   * Whose assignment it was.
   *
   * @param identity name of the token's identity
   * @param client ClientId or address of the agent
   * @param tunnel what tells the agent's tunnels apart
   */
  public record Key(String identity, String client, String tunnel) {}

  private final Map<Key, String> assigned =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, String> eldest) {
          return size() > CAPACITY;
        }
      };

  /** What the first of these keys that is known was given. */
  public synchronized Optional<String> recall(List<Key> keys) {
    return keys.stream().filter(assigned::containsKey).findFirst().map(assigned::get);
  }

  public synchronized void remember(List<Key> keys, String value) {
    keys.forEach(key -> assigned.put(key, value));
  }
}
