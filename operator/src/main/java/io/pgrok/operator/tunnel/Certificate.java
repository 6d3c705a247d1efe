package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.agent.Shown;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import io.pgrok.operator.status.Verdict;
import io.pgrok.protocol.agent.AgentConfig.CertificateConfig;
import io.pgrok.protocol.certificate.ServerCertificate;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that visitors of a Tunnel are shown. One that cannot be used does not keep the
 * Tunnel from being served, with the server's own: whoever issues certificates may want to see the
 * host served first. Pure, given the Secrets.
 *
 * @param config what the agent is told; null for the server's own
 * @param shown what people are told
 */
record Certificate(@Nullable CertificateConfig config, Shown shown) {

  private static final String CHAIN = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String AUTHORITY = "ca.crt";

  /**
   * @param host of the tunnel
   */
  static Certificate of(Tunnel tunnel, String host, SecretReader secrets) {
    var tls = tunnel.getSpec().tls();
    if (tls == null) {
      return new Certificate(null, new Shown.Servers());
    }
    return switch (read(tls.secretName(), host, secrets)) {
      case Resolution.Resolved<ServerCertificate>(var usable) ->
          new Certificate(
              new CertificateConfig(usable.chainPem(), usable.keyPem()),
              new Shown.Own(
                  tls.secretName(),
                  usable.chain().getFirst().getNotAfter().toInstant(),
                  authority(tls.secretName(), secrets)));
      case Resolution.Blocked<ServerCertificate>(Verdict why) ->
          new Certificate(null, new Shown.Instead(why));
    };
  }

  private static Resolution<ServerCertificate> read(
      String secret, String host, SecretReader secrets) {
    return secrets
        .text(secret, CHAIN)
        .then(chain -> secrets.text(secret, KEY).then(key -> parse(secret, chain, key)))
        .then(parsed ->
            parsed.names().cover(host)
                ? Resolution.of(parsed)
                : Resolution.blocked(
                    Reason.SECRET_INVALID,
                    "the certificate of Secret %s is not for %s, but for %s"
                        .formatted(secret, host, parsed.names().text())));
  }

  private static Resolution<ServerCertificate> parse(String secret, String chain, String key) {
    try {
      return Resolution.of(ServerCertificate.parse(chain, key));
    } catch (IllegalArgumentException e) {
      return Resolution.blocked(
          Reason.SECRET_INVALID,
          "%s and %s of Secret %s cannot be used: %s"
              .formatted(CHAIN, KEY, secret, e.getMessage()));
    }
  }

  /** As issuers of one's own write it into the Secret. */
  private static @Nullable String authority(String secret, SecretReader secrets) {
    return secrets.text(secret, AUTHORITY) instanceof Resolution.Resolved<String>(String pem)
        ? pem
        : null;
  }
}
