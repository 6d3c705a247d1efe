package io.pgrok.agent.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod whose agent carries a tunnel.
 *
 * @param container its container with the agent
 */
record AgentPods(String namespace, String pod, String container) {

  private static final String LABEL = "pgrok.io/agent";
  private static final String WORKLOAD = "pgrok.io/workload";
  private static final String TUNNEL_AGENT = "pgrok.io/tunnel-agent";
  private static final String SIDECAR = "pgrok";

  /**
   * Those that run.
   *
   * @throws IOException when none does, saying where was looked
   */
  static List<AgentPods> of(TunnelView tunnel, Kubectl kubectl) throws IOException {
    JsonNode pods = candidates(tunnel, kubectl);
    List<AgentPods> found = new ArrayList<>();
    for (JsonNode pod : pods.path("items")) {
      if (pod.at("/status/phase").asText().equals("Running") && carries(pod, tunnel)) {
        found.add(
            new AgentPods(
                pod.at("/metadata/namespace").asText(),
                pod.at("/metadata/name").asText(),
                tunnel.workload().isPresent()
                    ? SIDECAR
                    : pod.at("/spec/containers/0/name").asText()));
      }
    }
    if (found.isEmpty()) {
      throw new IOException(
          "no running pod with label %s carries tunnel %s of namespace %s"
              .formatted(LABEL, tunnel.name(), tunnel.namespace()));
    }
    return found;
  }

  /** Sidecars and agents of a TunnelAgent are beside the tunnel, the shared agent anywhere. */
  private static JsonNode candidates(TunnelView tunnel, Kubectl kubectl) throws IOException {
    if (tunnel.workload().isPresent()) {
      return kubectl.get("pods", "--selector", LABEL + "=sidecar");
    }
    return tunnel.agent().isPresent()
        ? kubectl.get("pods", "--selector", LABEL + "=named")
        : kubectl.get("pods", "--all-namespaces", "--selector", LABEL + "=shared");
  }

  private static boolean carries(JsonNode pod, TunnelView tunnel) {
    JsonNode annotations = pod.path("metadata").path("annotations");
    return tunnel
        .workload()
        .map(annotations.path(WORKLOAD).asText()::equalsIgnoreCase)
        .or(() -> tunnel.agent().map(annotations.path(TUNNEL_AGENT).asText()::equals))
        .orElse(true);
  }
}
