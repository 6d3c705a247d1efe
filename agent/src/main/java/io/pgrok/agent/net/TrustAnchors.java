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
import java.util.Map;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes a {@link TrustManagerFactory} of what the configuration trusts. */
public final class TrustAnchors {

  /** Debian and Alpine, Fedora, SUSE, macOS and the BSDs. */
  private static final List<String> HOST_STORES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem");

  private TrustAnchors() {}

  /**
   * @param keys where the configuration names the authority, for errors
   * @throws IOException naming the file that cannot be used
   */
  public static TrustManagerFactory of(Trust trust, String keys)
      throws IOException, GeneralSecurityException {
    return switch (trust) {
      case Trust.SystemRoots _ -> withJavas(List.of(DevelopmentCa.path()));
      case Trust.HostRoots _ ->
          withJavas(List.of(DevelopmentCa.path(), hostStore(System.getenv())));
      case Trust.PemText(String pem) ->
          factory(parse(pem.getBytes(StandardCharsets.US_ASCII), "the text", keys));
      case Trust.PemFile(Path file) -> factory(read(file, keys));
    };
  }

  /**
   * Where this machine keeps the authorities that it trusts; OpenSSL's variable moves it.
   *
   * @return a file that need not exist
   */
  static Path hostStore(Map<String, String> environment) {
    String named = environment.getOrDefault("SSL_CERT_FILE", "");
    return named.isEmpty()
        ? HOST_STORES.stream()
            .map(Path::of)
            .filter(Files::isReadable)
            .findFirst()
            .orElse(Path.of(HOST_STORES.getFirst()))
        : Path.of(named);
  }

  /** The roots that Java trusts, and the authorities in those of the files that there are. */
  static TrustManagerFactory withJavas(List<Path> files)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory system = factory((KeyStore) null);
    List<Certificate> all = new ArrayList<>();
    for (Path file : files) {
      if (Files.isReadable(file)) {
        all.addAll(read(file, "an authority of this machine"));
      }
    }
    if (all.isEmpty()) {
      return system;
    }
    for (var manager : system.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        all.addAll(List.<X509Certificate>of(x509.getAcceptedIssuers()));
      }
    }
    return factory(all);
  }

  private static Collection<? extends Certificate> read(Path file, String keys) throws IOException {
    try {
      return parse(Files.readAllBytes(file), file.toString(), keys);
    } catch (IOException e) {
      if (e instanceof UnusableAuthorityException) {
        throw e;
      }
      throw new UnusableAuthorityException(
          "the authority %s (%s) cannot be read: %s".formatted(file, keys, e), e);
    }
  }

  private static Collection<? extends Certificate> parse(byte[] pem, String source, String keys)
      throws IOException {
    try (InputStream in = new ByteArrayInputStream(pem)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (CertificateException e) {
      throw new UnusableAuthorityException(
          "%s (%s) holds no certificate in PEM form".formatted(source, keys), e);
    }
    throw new UnusableAuthorityException(
        "%s (%s) holds no certificate in PEM form".formatted(source, keys), null);
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
