package io.pgrok.agent.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Tunnel as the API server answers it. Only the fields that are looked at are read, so that a
 * client of another release than the cluster's gets along.
 *
 * @param json the whole resource
 */
record TunnelView(JsonNode json) {

  /** By its name, in the namespace of {@code kubectl}. */
  static TunnelView of(Kubectl kubectl, String name) throws IOException {
    return new TunnelView(kubectl.get("tunnels.pgrok.io", name));
  }

  String name() {
    return json.at("/metadata/name").asText();
  }

  String namespace() {
    return json.at("/metadata/namespace").asText();
  }

  /** The public URLs, best first; empty while it is not registered. */
  List<String> urls() {
    List<String> urls = new ArrayList<>();
    json.at("/status/urls").forEach(url -> urls.add(url.asText()));
    String best = json.at("/status/url").asText();
    if (!best.isEmpty()) {
      urls.remove(best);
      urls.addFirst(best);
    }
    return urls;
  }

  /**
   * The URL to open.
   *
   * @throws IOException when there is none, saying why
   */
  URI url() throws IOException {
    return urls().stream()
        .findFirst()
        .map(URI::create)
        .orElseThrow(() ->
            new IOException(
                "tunnel %s has no URL: %s"
                    .formatted(name(), ready("reason") + ", " + ready("message"))));
  }

  /** A field of its condition Ready; empty when there is no condition yet. */
  String ready(String field) {
    for (JsonNode condition : json.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition.path(field).asText();
      }
    }
    return "";
  }

  /** What it exposes, such as {@code service/web} or {@code deployment/app}. */
  String target() {
    return workload().orElseGet(() -> "service/" + json.at("/spec/service/name").asText());
  }

  /** The workload that carries it by a sidecar, such as {@code deployment/app}. */
  Optional<String> workload() {
    JsonNode workload = json.at("/spec/workload");
    return workload.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            workload.path("kind").asText().toLowerCase(java.util.Locale.ROOT)
                + "/"
                + workload.path("name").asText());
  }

  /** The TunnelAgent that carries it in place of the shared agent. */
  Optional<String> agent() {
    return Optional.of(json.at("/spec/agent").asText()).filter(name -> !name.isEmpty());
  }

  /** Whether visitors need a share link. */
  boolean isShared() {
    return json.at("/spec/access/share").isObject();
  }

  /** The Secret with the key that share links are signed with. */
  String shareSecret() {
    String named = json.at("/spec/access/share/secretName").asText();
    return named.isEmpty() ? name() + "-share" : named;
  }
}
