package io.pgrok.agent.net;

import io.pgrok.agent.config.Trust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes a {@link TrustManagerFactory} of what the configuration trusts. */
final class TrustAnchors {

  private TrustAnchors() {}

  static TrustManagerFactory of(Trust trust) throws IOException, GeneralSecurityException {
    return switch (trust) {
      case Trust.SystemRoots _ -> withDevelopmentCa(DevelopmentCa.path());
      case Trust.PemText(String pem) ->
          factory(parse(pem.getBytes(StandardCharsets.US_ASCII), "server_ca"));
      case Trust.PemFile(Path file) -> factory(read(file));
    };
  }

  /** The JDK's (or the system's) roots, and the authority in the file if there is one. */
  static TrustManagerFactory withDevelopmentCa(Path developmentCa)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory system = factory((KeyStore) null);
    if (!Files.isReadable(developmentCa)) {
      return system;
    }
    List<Certificate> all = new ArrayList<>(read(developmentCa));
    for (var manager : system.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        all.addAll(List.<X509Certificate>of(x509.getAcceptedIssuers()));
      }
    }
    return factory(all);
  }

  private static Collection<? extends Certificate> read(Path file) throws IOException {
    try {
      return parse(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      if (e instanceof UnusableAuthorityException) {
        throw e;
      }
      throw new UnusableAuthorityException(
          "the server's authority %s (-serverca, server_ca) cannot be read: %s".formatted(file, e),
          e);
    }
  }

  private static Collection<? extends Certificate> parse(byte[] pem, String source)
      throws IOException {
    try (InputStream in = new ByteArrayInputStream(pem)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (CertificateException e) {
      throw new UnusableAuthorityException(
          source + " (-serverca, server_ca) holds no certificate in PEM form", e);
    }
    throw new UnusableAuthorityException(
        source + " (-serverca, server_ca) holds no certificate in PEM form", null);
  }

  private static TrustManagerFactory factory(Collection<? extends Certificate> certificates)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int i = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("authority-" + i++, certificate);
    }
    return factory(store);
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static final class UnusableAuthorityException extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableAuthorityException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
