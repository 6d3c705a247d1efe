package io.pgrok.pgrokd.certificate;

import io.pgrok.protocol.certificate.ServerNames;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides whether a certificate has to be issued again; no clock, no files. */
public final class Renewal {
  private Renewal() {}

  /**
   * Why the server certificate has to be issued again, for a log line; empty when it need not.
   *
   * @param remaining how long it must still be valid
   */
  public static Optional<String> ofServer(
      CertifiedKey server,
      CertificateAuthority authority,
      ServerNames names,
      Duration remaining,
      Instant now) {
    if (!belongTogether(server)) {
      return Optional.of("key does not fit the certificate");
    }
    if (!signedBy(server.certificate(), authority.identity().certificate().getPublicKey())) {
      return Optional.of("signed by another authority");
    }
    if (!ServerNames.of(server.certificate()).equals(names)) {
      return Optional.of("names changed");
    }
    return ending(server.certificate(), remaining, now);
  }

  /**
   * Why a new authority is needed; empty when it is not.
   *
   * @param remaining how long it must still be valid
   */
  public static Optional<String> ofAuthority(
      CertificateAuthority authority, Duration remaining, Instant now) {
    if (!belongTogether(authority.identity())) {
      return Optional.of("key does not fit the certificate");
    }
    return ending(authority.identity().certificate(), remaining, now);
  }

  private static Optional<String> ending(
      X509Certificate certificate, Duration remaining, Instant now) {
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      return Optional.of("not valid yet");
    }
    Instant end = certificate.getNotAfter().toInstant();
    return now.isBefore(end.minus(remaining)) ? Optional.empty() : Optional.of("ends at " + end);
  }

  private static boolean signedBy(X509Certificate certificate, PublicKey key) {
    try {
      certificate.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean belongTogether(CertifiedKey pair) {
    try {
      byte[] probe = {1, 2, 3};
      Signature signature = Signature.getInstance(CertifiedKey.signatureAlgorithm(pair.key()));
      signature.initSign(pair.key());
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(pair.certificate().getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
