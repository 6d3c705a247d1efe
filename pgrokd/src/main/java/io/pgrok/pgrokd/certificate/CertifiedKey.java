package io.pgrok.pgrokd.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** A certificate together with the private key that it certifies. */
public record CertifiedKey(X509Certificate certificate, PrivateKey key) {

  /**
   * How a key signs.
   *
   * @return a name that {@link java.security.Signature} knows
   * @throws IllegalArgumentException when it is of another kind than those of this package
   */
  static String signatureAlgorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> throw new IllegalArgumentException("a key for " + key.getAlgorithm());
    };
  }

  /** Names the certificate only: a private key never gets into a log. */
  @Override
  public String toString() {
    return "CertifiedKey[" + certificate.getSubjectX500Principal() + "]";
  }
}
