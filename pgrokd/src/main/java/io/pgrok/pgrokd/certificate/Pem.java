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
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The textual form of the certificates and keys that this package makes (X.509 and PKCS #8). */
public final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private static final Pattern CERTIFICATES =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");

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

  /**
   * Reads all certificates of the text, in their order.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static X509Certificate[] readChain(String text) {
    X509Certificate[] chain =
        CERTIFICATES
            .matcher(text)
            .results()
            .map(block -> readCertificate(block.group()))
            .toArray(X509Certificate[]::new);
    if (chain.length == 0) {
      throw new IllegalArgumentException("not a PEM certificate");
    }
    return chain;
  }

  /**
   * Reads a key of the kinds that certificates have, unencrypted and in PKCS #8.
   *
   * @return empty when the text holds a key in another form, or none
   */
  public static Optional<PrivateKey> readPlainKey(String text) {
    return encodedKey(text)
        .flatMap(encoded ->
            Stream.of("EC", "RSA", "EdDSA")
                .flatMap(kind -> key(kind, encoded).stream())
                .findFirst());
  }

  private static PrivateKey readKey(String text) {
    byte[] encoded =
        encodedKey(text)
            .orElseThrow(() -> new IllegalArgumentException("not a PEM private key (PKCS #8)"));
    return Stream.of("EC", "RSA")
        .flatMap(kind -> key(kind, encoded).stream())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("neither an EC nor an RSA private key"));
  }

  private static Optional<byte[]> encodedKey(String text) {
    String begin = "-----BEGIN " + PRIVATE_KEY + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + PRIVATE_KEY + "-----");
    return from < 0 || to < from
        ? Optional.empty()
        : Optional.of(Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to)));
  }

  private static Optional<PrivateKey> key(String kind, byte[] encoded) {
    try {
      return Optional.of(
          KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException unreadable) {
      // Its message may quote key material.
      return Optional.empty();
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
