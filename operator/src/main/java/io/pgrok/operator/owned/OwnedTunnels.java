package io.pgrok.operator.owned;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Apply;
import io.pgrok.operator.Hash;
import io.pgrok.operator.status.Events;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Keeps the Tunnels of owners of one kind as they are wanted. Thread-safe for different owners. */
public final class OwnedTunnels {

  private final KubernetesClient client;
  private final Events events;

  /** What was applied last, so that a report of a Tunnel's status applies nothing. */
  private final Map<ResourceID, Map<String, String>> applied = new ConcurrentHashMap<>();

  private final Map<ResourceID, Set<Verdict>> told = new ConcurrentHashMap<>();

  public OwnedTunnels(KubernetesClient client, Events events) {
    this.client = client;
    this.events = events;
  }

  /**
   * Makes the wanted Tunnels exist and no others, and tells the owner once of what cannot be.
   *
   * @param existing the Tunnels that it owns
   */
  public void keep(HasMetadata owner, Wanted wanted, Collection<Tunnel> existing) {
    var id = ResourceID.fromResource(owner);
    Map<String, Tunnel> there =
        existing.stream().collect(Collectors.toMap(t -> t.getMetadata().getName(), t -> t));
    var before = applied.getOrDefault(id, Map.of());
    var after = new HashMap<String, String>();
    var problems = new ArrayList<>(wanted.problems());
    for (var tunnel : wanted.tunnels()) {
      String name = tunnel.getMetadata().getName();
      var known = Optional.ofNullable(there.remove(name));
      try {
        after.put(name, keep(owner, tunnel, known, before.getOrDefault(name, "")));
      } catch (RefusedException e) {
        problems.add(e.why);
      }
    }
    there.values().forEach(tunnel -> client.resource(tunnel).delete());
    applied.put(id, after);
    tell(owner, id, problems);
  }

  /** An object is not ours to serve, or not any more. */
  public void release(HasMetadata owner, Collection<Tunnel> existing) {
    existing.forEach(tunnel -> client.resource(tunnel).delete());
    gone(ResourceID.fromResource(owner));
  }

  /** An object is gone; Kubernetes removes its Tunnels. */
  public void gone(ResourceID owner) {
    applied.remove(owner);
    told.remove(owner);
  }

  /** Again, too, when somebody has deleted or changed it. */
  private String keep(HasMetadata owner, Tunnel wanted, Optional<Tunnel> known, String before)
      throws RefusedException {
    Function<Tunnel, String> state =
        tunnel ->
            "%s %s %s"
                .formatted(
                    Hash.of(wanted.getSpec() + " " + wanted.getMetadata(), 16),
                    tunnel.getMetadata().getUid(),
                    tunnel.getMetadata().getGeneration());
    if (known.map(state).filter(before::equals).isPresent()) {
      return before;
    }
    if (known.isEmpty()) {
      refuseForeign(owner, wanted);
    }
    try {
      return state.apply(Apply.own(client, wanted));
    } catch (KubernetesClientException e) {
      if (e.getCode() != 422) {
        throw e;
      }
      throw new RefusedException(new Verdict(Reason.INVALID_TARGET, Apply.refusal(e)));
    }
  }

  /** A Tunnel that somebody else made is not taken over, whatever its name is. */
  private void refuseForeign(HasMetadata owner, Tunnel wanted) throws RefusedException {
    var there = client.resource(wanted).get();
    if (there != null && !isOwnedBy(there, owner)) {
      throw new RefusedException(
          new Verdict(
              Reason.NAME_CONFLICT,
              "Tunnel %s was not made for this %s; rename one of the two"
                  .formatted(wanted.getMetadata().getName(), owner.getKind())));
    }
  }

  private static boolean isOwnedBy(Tunnel tunnel, HasMetadata owner) {
    return tunnel.getMetadata().getOwnerReferences().stream()
        .anyMatch(reference -> reference.getUid().equals(owner.getMetadata().getUid()));
  }

  private void tell(HasMetadata owner, ResourceID id, List<Verdict> problems) {
    var before = told.getOrDefault(id, Set.of());
    var now = Set.copyOf(problems);
    told.put(id, now);
    now.stream().filter(problem -> !before.contains(problem)).forEach(it -> events.warn(owner, it));
  }

  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Verdict why;

    RefusedException(Verdict why) {
      super(why.message());
      this.why = why;
    }
  }
}
