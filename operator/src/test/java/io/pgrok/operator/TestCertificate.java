package io.pgrok.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate and its key, made by the JDK's keytool.
 *
 * @param crt in PEM
 * @param key in PEM
 */
public record TestCertificate(String crt, String key) {

  private static final String PASSWORD = "no-secret";
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(UTF_8));

  /** Signed by itself, for one name. */
  public static TestCertificate of(String name) {
    try {
      Path folder = Files.createTempDirectory("certificate");
      Path file = folder.resolve("keys.p12");
      var keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "it",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=test",
                  "-ext",
                  "san=dns:" + name,
                  "-keystore",
                  file.toString(),
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD)
              .redirectErrorStream(true)
              .start();
      String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException(said);
      }
      var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
      Files.delete(file);
      Files.delete(folder);
      return new TestCertificate(
          pem("CERTIFICATE", store.getCertificate("it").getEncoded()),
          pem("PRIVATE KEY", store.getKey("it", PASSWORD.toCharArray()).getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String kind, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, LINES.encodeToString(content), kind);
  }
}
