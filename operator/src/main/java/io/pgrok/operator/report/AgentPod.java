package io.pgrok.operator.report;

import io.fabric8.kubernetes.api.model.Pod;
import io.pgrok.crds.tunnel.WorkloadTarget.Kind;
import io.pgrok.operator.Labels;
import io.pgrok.operator.agent.Carrier;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A pod in which an agent runs.
 *
 * @param uid tells a StatefulSet's pod from the one of the same name before it
 * @param configHash what the pod was last told of, empty at first
 */
record AgentPod(
    String namespace, String name, String uid, String ip, Carrier carrier, String configHash) {

  /** Empty for a pod that has no address, is ending, or is no agent of this operator. */
  static Optional<AgentPod> of(Pod pod, String operatorNamespace) {
    var metadata = pod.getMetadata();
    var status = pod.getStatus();
    if (status == null
        || status.getPodIP() == null
        || metadata.getDeletionTimestamp() != null
        || "Failed".equals(status.getPhase())
        || "Succeeded".equals(status.getPhase())) {
      return Optional.empty();
    }
    Map<String, String> annotations =
        Objects.requireNonNullElse(metadata.getAnnotations(), Map.of());
    return carrier(pod, annotations, operatorNamespace)
        .map(carrier ->
            new AgentPod(
                metadata.getNamespace(),
                metadata.getName(),
                metadata.getUid(),
                status.getPodIP(),
                carrier,
                annotations.getOrDefault(Labels.CONFIG_HASH, "")));
  }

  /** Whether the two are the same agent at the same address. */
  boolean sameAgent(AgentPod other) {
    return uid.equals(other.uid) && ip.equals(other.ip) && carrier.equals(other.carrier);
  }

  private static Optional<Carrier> carrier(
      Pod pod, Map<String, String> annotations, String operatorNamespace) {
    String namespace = pod.getMetadata().getNamespace();
    return switch (pod.getMetadata().getLabels().getOrDefault(Labels.AGENT, "")) {
      case Labels.SHARED ->
          namespace.equals(operatorNamespace)
              ? Optional.of(new Carrier.Shared())
              : Optional.empty();
      case Labels.NAMED ->
          Optional.ofNullable(annotations.get(Labels.TUNNEL_AGENT))
              .map(name -> new Carrier.Named(namespace, name));
      case Labels.SIDECAR -> workload(namespace, annotations.getOrDefault(Labels.WORKLOAD, ""));
      default -> Optional.empty();
    };
  }

  private static Optional<Carrier> workload(String namespace, String kindAndName) {
    int slash = kindAndName.indexOf('/');
    return Arrays.stream(Kind.values())
        .filter(kind -> slash > 0 && kind.kubernetesKind().equals(kindAndName.substring(0, slash)))
        .<Carrier>map(
            kind -> new Carrier.Sidecar(kind, namespace, kindAndName.substring(slash + 1)))
        .findFirst();
  }
}
