package io.pgrok.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Makes what TLS needs, with openssl, for programs that bring no certificate of their own. */
final class Certificates {

  private Certificates() {}

  /** A certificate for this machine that is its own authority, and its key. */
  static void make(Path certificate, Path key) throws IOException, InterruptedException {
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=bench",
        "-addext",
        "subjectAltName=DNS:localhost,DNS:*.bench.test,IP:127.0.0.1",
        "-keyout",
        key.toString(),
        "-out",
        certificate.toString());
  }

  /** The same in one file, with the password {@code bench}. */
  static void pkcs12(Path certificate, Path key, Path out)
      throws IOException, InterruptedException {
    run(
        "openssl",
        "pkcs12",
        "-export",
        "-in",
        certificate.toString(),
        "-inkey",
        key.toString(),
        "-passout",
        "pass:bench",
        "-out",
        out.toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("openssl failed: " + String.join(" ", command));
    }
  }
}
