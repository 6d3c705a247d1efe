package io.pgrok.operator.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.crds.tunnelserver.TunnelServerSpec;
import io.pgrok.operator.Labels;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The TunnelServer that a connection Secret stands for. Pure. */
final class DiscoveredServer {

  private static final String DEFAULT = "default";

  private DiscoveredServer() {}

  static String name(Secret secret) {
    return secret.getMetadata().getLabels().getOrDefault(Labels.TUNNEL_SERVER, DEFAULT);
  }

  /**
   * Empty when the Secret lacks {@code address} or {@code domain}.
   *
   * <p>Only the one named {@code default} is the default: a second pgrokd must not take over what
   * the first one serves.
   */
  static Optional<TunnelServer> of(Secret secret) {
    return text(secret, "address")
        .flatMap(address -> text(secret, "domain").map(domain -> of(secret, address, domain)));
  }

  /** Whether a TunnelServer is one that the operator made: others are left alone. */
  static boolean isManaged(TunnelServer server) {
    Map<String, String> labels =
        Objects.requireNonNullElse(server.getMetadata().getLabels(), Map.of());
    return Labels.FIELD_MANAGER.equals(labels.get(Labels.MANAGED_BY));
  }

  private static TunnelServer of(Secret secret, String address, String domain) {
    String name = name(secret);
    var server = new TunnelServer();
    server.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
            .build());
    server.setSpec(
        new TunnelServerSpec(
            address,
            domain,
            DEFAULT.equals(name) ? true : null,
            new TunnelServerSpec.ConnectionSecret(secret.getMetadata().getName()),
            null));
    return server;
  }

  private static Optional<String> text(Secret secret, String key) {
    Map<String, String> data = Objects.requireNonNullElse(secret.getData(), Map.of());
    return Optional.ofNullable(data.get(key))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), UTF_8).strip())
        .filter(text -> !text.isEmpty());
  }
}
