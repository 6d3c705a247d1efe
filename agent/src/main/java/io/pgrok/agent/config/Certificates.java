package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentConfig.CertificateConfig;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import io.pgrok.protocol.certificate.ServerCertificate;
import io.pgrok.protocol.message.ShownCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel's {@code certificate}: checked here already, so that the error names the file's line.
 */
final class Certificates {

  private Certificates() {}

  /**
   * @param path the keys that lead to {@code certificate}
   * @param protocols of the tunnel
   * @return null when the server's own is to be shown
   * @throws InvalidConfigException naming file, line and key
   */
  static @Nullable ShownCertificate read(
      ConfigText file,
      List<String> path,
      @Nullable CertificateConfig config,
      Set<Protocol> protocols)
      throws InvalidConfigException {
    if (config == null) {
      return null;
    }
    if (!protocols.contains(Protocol.HTTPS)) {
      throw file.invalid(
          path, "needs https among the tunnel's protocols, such as proto: {http+https: 8080}");
    }
    String chain = text(file, path, "crt", config.crt());
    String key = text(file, path, "key", config.key());
    try {
      ServerCertificate read = ServerCertificate.parse(chain, key);
      return new ShownCertificate(read.chainPem(), read.keyPem());
    } catch (IllegalArgumentException e) {
      throw file.invalid(path, "cannot be used: " + e.getMessage());
    }
  }

  /** PEM text is told from a path by its header. */
  private static String text(ConfigText file, List<String> path, String key, String pemOrPath)
      throws InvalidConfigException {
    if (pemOrPath.contains("-----BEGIN")) {
      return pemOrPath;
    }
    try {
      return Files.readString(file.base().resolve(pemOrPath));
    } catch (IOException e) {
      List<String> whole = new ArrayList<>(path);
      whole.add(key);
      throw file.invalid(whole, "must be PEM text or the path of a PEM file that can be read");
    }
  }
}
