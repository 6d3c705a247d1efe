package io.pgrok.operator.agent;

import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.operator.Hash;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the operator has written into the agents' Secrets, so that it notices when somebody else
 * changes or deletes one. Holds hashes only. Thread-safe.
 */
@ApplicationScoped
public class WrittenSecrets {

  /** More are on their way to no watch that works. */
  private static final int REMEMBERED = 100;

  /**
   * @param hashes of what the watch may still tell of, in the order in which it was written; the
   *     first may have been told already
   */
  private record Written(Carrier carrier, Deque<String> hashes) {}

  private final Map<ResourceID, Written> secrets = new HashMap<>();

  /** Has to be said before the Secret is written: the watch may be quicker than the answer. */
  public synchronized void writing(Carrier carrier, Secret secret) {
    String hash = hash(secret);
    var known = secrets.get(ResourceID.fromResource(secret));
    if (known == null || !known.carrier().equals(carrier)) {
      known = new Written(carrier, new ArrayDeque<>());
      secrets.put(ResourceID.fromResource(secret), known);
    }
    if (!hash.equals(known.hashes().peekLast())) {
      known.hashes().add(hash);
    }
    if (known.hashes().size() > REMEMBERED) {
      known.hashes().remove();
    }
  }

  /** The operator is about to delete it, or does not care any more. */
  public synchronized void forget(String namespace, String name) {
    secrets.remove(new ResourceID(name, namespace));
  }

  /** Whose Secret it is, when somebody else wrote what the watch tells. */
  public synchronized Optional<Carrier> changed(Secret told) {
    var known = secrets.get(ResourceID.fromResource(told));
    String hash = hash(told);
    if (known == null) {
      return Optional.empty();
    }
    if (!known.hashes().contains(hash)) {
      return Optional.of(known.carrier());
    }
    while (!hash.equals(known.hashes().peekFirst())) {
      known.hashes().remove();
    }
    return Optional.empty();
  }

  /** Whose Secret it is that the watch tells to be gone; empty when nobody misses it. */
  public synchronized Optional<Carrier> deleted(ResourceID secret) {
    return Optional.ofNullable(secrets.get(secret)).map(Written::carrier);
  }

  private static String hash(Secret secret) {
    return Hash.of(
        String.valueOf(
            new TreeMap<>(Objects.requireNonNullElse(secret.getData(), Map.<String, String>of()))),
        16);
  }
}
