package io.pgrok.operator.tunnelserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Labels;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.grant.SigningKey;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which TunnelServer is meant, and how agents reach it. Pure. */
public final class Servers {

  private static final String TOKEN = "token";
  private static final String AUTHORITY = "ca.crt";
  private static final String SIGNING_KEY = "signing.jwk";

  private Servers() {}

  /** The server of that name; without a name the default one, the oldest if there are several. */
  public static Resolution<TunnelServer> pick(
      @Nullable String name, Collection<TunnelServer> servers) {
    if (name != null) {
      return servers.stream()
          .filter(server -> name.equals(server.getMetadata().getName()))
          .findFirst()
          .map(Resolution::of)
          .orElseGet(() ->
              Resolution.blocked(Reason.SERVER_NOT_FOUND, "there is no TunnelServer " + name));
    }
    return servers.stream()
        .filter(server -> server.getSpec() != null && server.getSpec().isDefault())
        .min(
            Comparator.comparing((TunnelServer s) -> s.getMetadata().getCreationTimestamp())
                .thenComparing(s -> s.getMetadata().getName()))
        .map(Resolution::of)
        .orElseGet(() ->
            Resolution.blocked(
                Reason.SERVER_NOT_FOUND,
                "no TunnelServer is the default one: name one in spec.server, or give one"
                    + " default: true"));
  }

  /** Whether a grant of the server sets a number of Tunnels. */
  public static boolean countsTunnels(TunnelServer server) {
    return server.getSpec() != null
        && server.getSpec().grants() != null
        && server.getSpec().grants().stream().anyMatch(grant -> grant.maxTunnels() != null);
  }

  /**
   * @param secrets finds a connection Secret by name
   */
  public static Resolution<ServerConnection> connection(
      TunnelServer server, Function<String, Optional<Secret>> secrets) {
    var spec = server.getSpec();
    var reference = spec.connectionSecret();
    if (reference == null) {
      return Resolution.of(connection(server, null, null, null));
    }
    return secrets
        .apply(reference.name())
        .map(secret -> connection(server, secret))
        .orElseGet(() ->
            Resolution.blocked(
                Reason.SECRET_NOT_FOUND,
                "the operator's namespace has no Secret %s with label %s"
                    .formatted(reference.name(), Labels.CONNECTION)));
  }

  private static Resolution<ServerConnection> connection(TunnelServer server, Secret secret) {
    String authority = text(secret, AUTHORITY);
    if (authority != null && !authority.contains("-----BEGIN CERTIFICATE-----")) {
      return Resolution.blocked(
          Reason.SECRET_INVALID,
          "key %s of Secret %s must hold certificates in PEM"
              .formatted(AUTHORITY, secret.getMetadata().getName()));
    }
    String jwk = text(secret, SIGNING_KEY);
    SigningKey signingKey = jwk == null ? null : SigningKey.parse(jwk).orElse(null);
    if (jwk != null && signingKey == null) {
      return Resolution.blocked(
          Reason.SECRET_INVALID,
          "key %s of Secret %s must hold a private Ed25519 key with kid as a JSON Web Key"
              .formatted(SIGNING_KEY, secret.getMetadata().getName()));
    }
    return Resolution.of(connection(server, authority, text(secret, TOKEN), signingKey));
  }

  private static ServerConnection connection(
      TunnelServer server,
      @Nullable String authority,
      @Nullable String token,
      @Nullable SigningKey signingKey) {
    var spec = server.getSpec();
    return new ServerConnection(
        server.getMetadata().getName(),
        Objects.requireNonNullElse(server.getMetadata().getUid(), ""),
        spec.address(),
        spec.domain(),
        authority,
        token,
        signingKey,
        spec.grants());
  }

  /** A key's text without surrounding space; null when it is absent or empty. */
  private static @Nullable String text(Secret secret, String key) {
    Map<String, String> data = Objects.requireNonNullElse(secret.getData(), Map.of());
    String encoded = data.get(key);
    if (encoded == null) {
      return null;
    }
    String text = new String(Base64.getDecoder().decode(encoded), UTF_8).strip();
    return text.isEmpty() ? null : text;
  }
}
