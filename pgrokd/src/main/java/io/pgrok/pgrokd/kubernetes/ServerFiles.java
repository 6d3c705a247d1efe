package io.pgrok.pgrokd.kubernetes;

import io.pgrok.pgrokd.auth.TokenFile;
import io.pgrok.pgrokd.certificate.AtomicFile;
import io.pgrok.pgrokd.certificate.AtomicFile.Readers;
import java.io.IOException;
import java.nio.file.Path;

/** What the server's container reads, in a volume that both containers of the pod share. */
record ServerFiles(Path directory) {

  /** By its hash: whoever gets to read the server's files has no token yet. */
  void writeToken(String name, String token) throws IOException {
    AtomicFile.write(
        directory.resolve("tokens.yml"),
        "tokens:\n- name: %s\n  sha256: %s\n".formatted(name, TokenFile.hash(token)),
        Readers.OWNER);
  }

  /** Public keys of signed tokens. */
  void writeKeys(String jwks) throws IOException {
    AtomicFile.write(directory.resolve("jwks.json"), jwks, Readers.EVERYBODY);
  }

  void writeCertificate(String certificate, String key) throws IOException {
    AtomicFile.write(directory.resolve("tls.key"), key, Readers.OWNER);
    AtomicFile.write(directory.resolve("tls.crt"), certificate, Readers.EVERYBODY);
  }
}
