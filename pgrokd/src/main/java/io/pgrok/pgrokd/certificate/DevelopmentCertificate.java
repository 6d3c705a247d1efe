package io.pgrok.pgrokd.certificate;

import io.pgrok.pgrokd.certificate.AtomicFile.Readers;
import io.pgrok.protocol.certificate.ServerNames;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a pgrokd that was given none: made at its first start, kept in its data
 * directory, renewed when it is started within 30 days of the end or with another domain.
 *
 * <p>The authority is limited to the domain and this machine, so that trusting it (an agent of the
 * same user does by itself) opens no other site to whoever reads {@code dev-ca.key}. Another domain
 * therefore means another authority.
 *
 * @param authority PEM file to trust
 * @param certificate PEM file to serve
 * @param key PEM file (PKCS #8) that belongs to it, readable by its owner only
 */
public record DevelopmentCertificate(Path authority, Path certificate, Path key) {
  private static final Logger LOG = LoggerFactory.getLogger(DevelopmentCertificate.class);

  static final Duration VALIDITY = Duration.ofDays(397);
  static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);

  private static final List<String> THIS_MACHINE = List.of("localhost", "127.0.0.1", "::1");

  /** A file lock keeps processes apart, but not the threads of one. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  /**
   * Makes or renews what is missing, damaged, ending or for another domain; leaves alone what is
   * good. Safe to call from several threads and processes at once.
   *
   * @param dataDir created when missing
   * @throws IOException when the directory cannot be read or written
   * @throws IllegalArgumentException when the domain is not a DNS name
   */
  public static DevelopmentCertificate ensure(Path dataDir, String domain, Clock clock)
      throws IOException {
    ServerNames names = ServerNames.of(domain, THIS_MACHINE);
    AtomicFile.createPrivateDirectory(dataDir);
    THREADS.lock();
    try (FileChannel channel =
            FileChannel.open(
                dataDir.resolve("dev.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      return ensureLocked(dataDir, domain, names, clock.instant());
    } finally {
      THREADS.unlock();
    }
  }

  private static DevelopmentCertificate ensureLocked(
      Path dataDir, String domain, ServerNames names, Instant now) throws IOException {
    Pair ca = new Pair(dataDir.resolve("dev-ca.crt"), dataDir.resolve("dev-ca.key"));
    Pair server = new Pair(dataDir.resolve("dev.crt"), dataDir.resolve("dev.key"));

    var scope = new CertificateAuthority.Scope.Only(names);
    Optional<CertificateAuthority> kept =
        ca.read()
            .map(CertificateAuthority::new)
            .filter(it ->
                it.hasScope(scope) && Renewal.ofAuthority(it, RENEWED_BEFORE_END, now).isEmpty());
    CertificateAuthority authority =
        kept.isPresent()
            ? kept.get()
            : CertificateAuthority.create("pgrok development CA for " + domain, scope, now);
    if (kept.isEmpty()) {
      ca.write(authority.identity());
      LOG.info("development authority made file={} domain={}", ca.certificate, domain);
    }
    Optional<CertifiedKey> served = server.read();
    Optional<String> reason =
        served.isEmpty()
            ? Optional.of("none yet")
            : Renewal.ofServer(served.get(), authority, names, RENEWED_BEFORE_END, now);
    if (reason.isPresent()) {
      server.write(authority.issue(names, VALIDITY, now));
      LOG.info(
          "development certificate made file={} reason=\"{}\"", server.certificate, reason.get());
    }
    return new DevelopmentCertificate(ca.certificate, server.certificate, server.key);
  }

  /** A certificate and its key in two files. */
  private record Pair(Path certificate, Path key) {
    Optional<CertifiedKey> read() throws IOException {
      if (!Files.exists(certificate) || !Files.exists(key)) {
        return Optional.empty();
      }
      try {
        return Optional.of(Pem.read(Files.readString(certificate), Files.readString(key)));
      } catch (IllegalArgumentException damaged) {
        LOG.warn("made anew file={} reason=\"{}\"", certificate, damaged.getMessage());
        return Optional.empty();
      }
    }

    /** Key first: a reader in between sees a pair that does not fit, never a missing key. */
    void write(CertifiedKey pair) throws IOException {
      AtomicFile.write(key, Pem.of(pair.key()), Readers.OWNER);
      AtomicFile.write(certificate, Pem.of(pair.certificate()), Readers.EVERYBODY);
    }
  }
}
