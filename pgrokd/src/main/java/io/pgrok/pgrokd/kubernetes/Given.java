package io.pgrok.pgrokd.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the user brings, so that init-secret does not make it.
 *
 * @param certificate whether the server has a certificate already
 * @param authority PEM certificate that agents have to trust for it; null for a public authority
 * @param token null when init-secret makes one
 */
record Given(boolean certificate, @Nullable String authority, @Nullable String token) {

  static final Given NOTHING = new Given(false, null, null);

  /**
   * @param tlsDirectory with the keys of a TLS Secret, of which only {@code ca.crt} matters here
   * @throws IOException naming the file that is missing or empty
   */
  static Given read(@Nullable Path tlsDirectory, @Nullable Path tokenFile) throws IOException {
    String token = tokenFile == null ? null : Files.readString(tokenFile).strip();
    if (token != null && token.isEmpty()) {
      throw new IOException(tokenFile + " is empty; put a token into it");
    }
    return new Given(tlsDirectory != null, authority(tlsDirectory), token);
  }

  private static @Nullable String authority(@Nullable Path tlsDirectory) throws IOException {
    if (tlsDirectory == null || !Files.exists(tlsDirectory.resolve("ca.crt"))) {
      return null;
    }
    // cert-manager writes an empty one for public authorities.
    String pem = Files.readString(tlsDirectory.resolve("ca.crt"));
    return pem.isBlank() ? null : pem;
  }

  /** A token never gets into a log. */
  @Override
  public String toString() {
    return "Given[certificate=" + certificate + ", token=" + (token != null) + "]";
  }
}
