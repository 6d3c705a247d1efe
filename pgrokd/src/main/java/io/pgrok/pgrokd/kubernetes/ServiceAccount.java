package io.pgrok.pgrokd.kubernetes;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a pod reaches the API server of its own cluster.
 *
 * @param server base address
 * @param directory with {@code token} (rotated by the kubelet: read for each request), {@code
 *     ca.crt} and {@code namespace}
 */
record ServiceAccount(URI server, Path directory) {
  static final String MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

  /**
   * @throws IOException saying what is missing when this is not a pod
   */
  static ServiceAccount of(Map<String, String> environment, Path directory) throws IOException {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    if (host == null) {
      throw new IOException(
          "KUBERNETES_SERVICE_HOST is not set: init-secret only runs in a Kubernetes pod");
    }
    if (!Files.isReadable(directory.resolve("token"))) {
      throw new IOException(
          directory.resolve("token")
              + " cannot be read: mount the ServiceAccount's token into this container");
    }
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    return new ServiceAccount(URI.create("https://" + bracketed + ":" + port), directory);
  }

  String token() throws IOException {
    return Files.readString(directory.resolve("token")).strip();
  }

  Path authority() {
    return directory.resolve("ca.crt");
  }

  String namespace(@Nullable String given) throws IOException {
    return given != null ? given : Files.readString(directory.resolve("namespace")).strip();
  }
}
