package io.pgrok.protocol.certificate;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A certificate, those of the authorities that issued it, and its private key: what a server shows
 * to who asks it for one of the names.
 *
 * @param chain the server's own certificate first
 * @param key that the first certificate is for
 * @param names that it is valid for
 */
public record ServerCertificate(List<X509Certificate> chain, PrivateKey key, ServerNames names) {

  private static final Pattern CERTIFICATES =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");

  /** Long chains have four or five; more is no chain but a bundle. */
  private static final int LONGEST_CHAIN = 10;

  public ServerCertificate {
    chain = List.copyOf(chain);
  }

  /**
   * Reads what {@code tls.crt} and {@code tls.key} of a Kubernetes Secret hold.
   *
   * @param chain certificates in PEM; other text between them is skipped
   * @param key in PEM, not encrypted: PKCS #8, PKCS #1 ({@code RSA PRIVATE KEY}) or SEC 1 ({@code
   *     EC PRIVATE KEY})
   * @throws IllegalArgumentException saying what of them cannot be used, and nothing of the key
   */
  public static ServerCertificate parse(String chain, String key) {
    List<X509Certificate> certificates = chain(chain);
    X509Certificate own = certificates.getFirst();
    PrivateKey secret = PrivateKeys.read(key, own.getPublicKey());
    if (!PrivateKeys.fit(secret, own.getPublicKey())) {
      throw new IllegalArgumentException("the private key is not that of the first certificate");
    }
    return new ServerCertificate(certificates, secret, ServerNames.of(own));
  }

  private static List<X509Certificate> chain(String text) {
    List<X509Certificate> chain =
        CERTIFICATES.matcher(text).results().map(block -> certificate(block.group())).toList();
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("there is no certificate in PEM");
    }
    if (chain.size() > LONGEST_CHAIN) {
      throw new IllegalArgumentException(
          "%d certificates are too many: give the server's own and those that issued it"
              .formatted(chain.size()));
    }
    return chain;
  }

  private static X509Certificate certificate(String pem) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("a certificate cannot be read: " + e.getMessage(), e);
    }
  }

  /** The chain in PEM. */
  public String chainPem() {
    try {
      StringBuilder text = new StringBuilder();
      for (X509Certificate certificate : chain) {
        text.append(Pem.block("CERTIFICATE", certificate.getEncoded()));
      }
      return text.toString();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A certificate that was read cannot be written", e);
    }
  }

  /** The key in PEM, as PKCS #8. */
  public String keyPem() {
    return Pem.block("PRIVATE KEY", key.getEncoded());
  }

  /** Leaves the key out: this ends up in logs. */
  @Override
  public String toString() {
    return "ServerCertificate[names=%s]".formatted(names);
  }
}
