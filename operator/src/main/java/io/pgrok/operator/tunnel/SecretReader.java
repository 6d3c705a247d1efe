package io.pgrok.operator.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Reads the Secrets that one Tunnel names, all of its own namespace, and remembers which versions
 * it read. No value ends up in a message.
 */
final class SecretReader {

  private final Cluster cluster;
  private final String namespace;
  private final Map<String, String> versions = new TreeMap<>();

  SecretReader(Cluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** What was read, by name: it changes when a value does, and tells nothing of it. */
  Map<String, String> versions() {
    return versions;
  }

  boolean has(String name) {
    return cluster.secret(namespace, name).isPresent();
  }

  /** The text of a key, without the newline that editors leave at its end; never empty. */
  Resolution<String> text(String name, String key) {
    if (!cluster.secretsEnabled()) {
      return Resolution.blocked(
          Reason.SECRETS_DISABLED,
          "this operator may not read Secrets, which Secret %s is for".formatted(name));
    }
    return cluster
        .secret(namespace, name)
        .map(secret -> text(secret, key))
        .orElseGet(() ->
            Resolution.blocked(
                Reason.SECRET_NOT_FOUND,
                "namespace %s has no Secret %s with label %s: \"true\" (yet)"
                    .formatted(namespace, name, Labels.TUNNEL_SECRET)));
  }

  /** As {@link #text}, and one line without control characters. */
  Resolution<String> line(String name, String key) {
    return text(name, key)
        .then(text ->
            text.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)
                ? invalid(name, key, "must be one line without control characters")
                : Resolution.of(text));
  }

  static <T> Resolution<T> invalid(String name, String key, String what) {
    return Resolution.blocked(
        Reason.SECRET_INVALID, "key %s of Secret %s %s".formatted(key, name, what));
  }

  private Resolution<String> text(Secret secret, String key) {
    var metadata = secret.getMetadata();
    versions.put(metadata.getName(), String.valueOf(metadata.getResourceVersion()));
    Map<String, String> data = Objects.requireNonNullElse(secret.getData(), Map.of());
    String encoded = data.get(key);
    if (encoded == null) {
      return Resolution.blocked(
          Reason.SECRET_INVALID, "Secret %s has no key %s".formatted(metadata.getName(), key));
    }
    String text = new String(Base64.getDecoder().decode(encoded), UTF_8).stripTrailing();
    return text.isEmpty()
        ? invalid(metadata.getName(), key, "must not be empty")
        : Resolution.of(text);
  }
}
