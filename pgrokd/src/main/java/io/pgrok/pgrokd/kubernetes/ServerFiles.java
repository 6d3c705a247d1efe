package io.pgrok.pgrokd.kubernetes;

import io.pgrok.pgrokd.certificate.AtomicFile;
import io.pgrok.pgrokd.certificate.AtomicFile.Readers;
import java.io.IOException;
import java.nio.file.Path;

/** What the server's container reads, in a volume that both containers of the pod share. */
record ServerFiles(Path directory) {

  /** Whom the server lets in. */
  void write(AcceptedSecret.Data accepted) throws IOException {
    AtomicFile.write(directory.resolve(AcceptedSecret.TOKENS), accepted.tokens(), Readers.OWNER);
    AtomicFile.write(
        directory.resolve(AcceptedSecret.PUBLIC_KEYS), accepted.jwks(), Readers.EVERYBODY);
  }

  void writeCertificate(String certificate, String key) throws IOException {
    AtomicFile.write(directory.resolve("tls.key"), key, Readers.OWNER);
    AtomicFile.write(directory.resolve("tls.crt"), certificate, Readers.EVERYBODY);
  }
}
