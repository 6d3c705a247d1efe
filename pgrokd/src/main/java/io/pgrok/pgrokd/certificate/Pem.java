package io.pgrok.pgrokd.certificate;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The textual form of the certificates and keys that this package makes (X.509 and PKCS #8). */
public final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private Pem() {}

  public static String of(X509Certificate certificate) {
    try {
      return block(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("The certificate cannot be encoded", e);
    }
  }

  public static String of(PrivateKey key) {
    return block(PRIVATE_KEY, key.getEncoded());
  }

  /**
   * Reads one certificate and its key.
   *
   * @throws IllegalArgumentException when either is not what {@link #of} writes; the key's text is
   *     not part of the message
   */
  public static CertifiedKey read(String certificate, String key) {
    return new CertifiedKey(readCertificate(certificate), readKey(key));
  }

  /**
   * Reads the first certificate of the text.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static X509Certificate readCertificate(String text) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not a PEM certificate: " + e.getMessage(), e);
    }
  }

  private static PrivateKey readKey(String text) {
    String begin = "-----BEGIN " + PRIVATE_KEY + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + PRIVATE_KEY + "-----");
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("not a PEM private key (PKCS #8)");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (IllegalArgumentException | GeneralSecurityException unreadable) {
      // Without the cause: its message may quote key material.
      throw new IllegalArgumentException("not an elliptic-curve private key");
    }
  }

  private static String block(String kind, byte[] content) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + kind
        + "-----\n";
  }
}
