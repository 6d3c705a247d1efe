package io.pgrok.pgrokd.certificate;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.protocol.certificate.ServerNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevelopmentCertificateTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration MONTH = Duration.ofDays(30);

  @TempDir Path home;
  private Path dir;

  @BeforeEach
  void dataDirectory() {
    dir = home.resolve("share/pgrok");
  }

  @Test
  void firstStartMakesACertificateForTheDomainAndThisMachine() throws IOException {
    DevelopmentCertificate made = ensure("pgrok.me", NOW);

    ServerNames names = ServerNames.of(Pem.readCertificate(Files.readString(made.certificate())));
    assertThat(names.dns()).containsExactly("*.pgrok.me", "localhost", "pgrok.me");
    assertThat(names.addresses()).containsExactly("0:0:0:0:0:0:0:1", "127.0.0.1");
    assertThat(made.authority()).isEqualTo(dir.resolve("dev-ca.crt"));
    assertThat(made.key()).isEqualTo(dir.resolve("dev.key"));
  }

  @Test
  void keysAreReadableByTheirOwnerOnly() throws IOException {
    ensure("pgrok.me", NOW);

    Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
    assertThat(Files.getPosixFilePermissions(dir.resolve("dev.key"))).isEqualTo(ownerOnly);
    assertThat(Files.getPosixFilePermissions(dir.resolve("dev-ca.key"))).isEqualTo(ownerOnly);
    assertThat(Files.getPosixFilePermissions(dir))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aLaterStartLeavesGoodFilesAlone() throws IOException {
    ensure("pgrok.me", NOW);
    Map<String, String> before = contents();

    ensure("PGROK.me", NOW.plus(Duration.ofDays(366)));

    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void theServerCertificateIsRenewedThirtyDaysBeforeItsEnd() throws IOException {
    ensure("pgrok.me", NOW);
    Map<String, String> before = contents();

    ensure("pgrok.me", NOW.plus(Duration.ofDays(368)));

    assertThat(contents()).doesNotContainEntry("dev.crt", before.get("dev.crt"));
    assertThat(contents()).containsEntry("dev-ca.crt", before.get("dev-ca.crt"));
  }

  @Test
  void anotherDomainGetsAnotherAuthority() throws IOException {
    ensure("example.com", NOW);
    Map<String, String> before = contents();

    ensure("example.com.au", NOW);

    assertThat(contents()).doesNotContainEntry("dev-ca.crt", before.get("dev-ca.crt"));
    assertFits("example.com.au");
  }

  @Test
  void anAddressWillDoAsDomain() throws IOException {
    ensure("192.0.2.7", NOW);

    assertFits("192.0.2.7");
  }

  @Test
  void damagedOrMixedUpFilesAreMadeAnew() throws IOException {
    ensure("pgrok.me", NOW);

    Files.writeString(dir.resolve("dev.crt"), "rubbish");
    ensure("pgrok.me", NOW);
    assertFits("pgrok.me");

    Files.copy(dir.resolve("dev-ca.key"), dir.resolve("dev.key"), REPLACE_EXISTING);
    ensure("pgrok.me", NOW);
    assertFits("pgrok.me");

    Files.delete(dir.resolve("dev-ca.key"));
    ensure("pgrok.me", NOW);
    assertFits("pgrok.me");
  }

  @Test
  void aDomainWithAPortIsRefusedBeforeAnythingIsWritten() {
    assertThatThrownBy(() -> ensure("pgrok.me:8080", NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pgrok.me:8080");
    assertThat(dir).doesNotExist();
  }

  @Test
  void threadsStartingTogetherAgree() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<DevelopmentCertificate>> starts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        starts.add(() -> ensure("pgrok.me", NOW));
      }
      for (var started : threads.invokeAll(starts)) {
        started.get();
      }
    }
    assertFits("pgrok.me");
  }

  @Test
  void processesStartingTogetherAgree() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Starter.class.getName(),
                  dir.toString())
              .inheritIO()
              .start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }
    assertFits("pgrok.me");
  }

  /** Another process: prints nothing, ends with the pair on disk. */
  static final class Starter {
    public static void main(String[] args) throws IOException {
      Path dir = Path.of(args[0]);
      DevelopmentCertificate.ensure(dir, "pgrok.me", Clock.fixed(NOW, ZoneOffset.UTC));
      assertPair(dir, "pgrok.me");
    }
  }

  private DevelopmentCertificate ensure(String domain, Instant now) throws IOException {
    return DevelopmentCertificate.ensure(dir, domain, Clock.fixed(now, ZoneOffset.UTC));
  }

  private void assertFits(String domain) throws IOException {
    assertPair(dir, domain);
    assertThat(contents())
        .containsOnlyKeys("dev-ca.crt", "dev-ca.key", "dev.crt", "dev.key", "dev.lock");
  }

  private static void assertPair(Path dir, String domain) throws IOException {
    CertificateAuthority authority = new CertificateAuthority(pair(dir, "dev-ca"));
    ServerNames names = ServerNames.of(domain, List.of("localhost", "127.0.0.1", "::1"));
    assertThat(Renewal.ofAuthority(authority, MONTH, NOW)).isEmpty();
    assertThat(Renewal.ofServer(pair(dir, "dev"), authority, names, MONTH, NOW)).isEmpty();
  }

  private static CertifiedKey pair(Path dir, String name) throws IOException {
    return Pem.read(
        Files.readString(dir.resolve(name + ".crt")), Files.readString(dir.resolve(name + ".key")));
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (var files = Files.list(dir)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
