package io.pgrok.pgrokd.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** A certificate together with the private key that it certifies. */
public record CertifiedKey(X509Certificate certificate, PrivateKey key) {

  /** Names the certificate only: a private key never gets into a log. */
  @Override
  public String toString() {
    return "CertifiedKey[" + certificate.getSubjectX500Principal() + "]";
  }
}
