package io.pgrok.pgrokd.testing;

import io.pgrok.pgrokd.Server;
import io.pgrok.pgrokd.auth.TokenFile;
import io.pgrok.pgrokd.certificate.DevelopmentCertificate;
import io.pgrok.pgrokd.config.Limits;
import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.ServerConfig;
import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.limit.BufferMemory;
import io.pgrok.pgrokd.tunnel.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A whole server on free ports of this machine, for the domain {@value #DOMAIN}. */
public final class TestServer implements AutoCloseable {

  public static final String DOMAIN = "pgrok.test";

  /** Identities of {@link #withTokens}. */
  public static final String TOKEN = "token-of-alice";

  public static final String OTHER_TOKEN = "token-of-bob";

  /** May have subdomains pr-*, ports of one range and two tunnels. */
  public static final String LIMITED_TOKEN = "token-of-carol";

  private static final ListenAddress ANY = new ListenAddress("127.0.0.1", 0);

  /** The data directory. */
  public static final Path DIRECTORY = directory();

  private final Server server;

  private TestServer(Server server) {
    this.server = server;
  }

  /** Stops without waiting for visitors that tests leave behind. */
  private static final Timing PATIENT = Timings.with("drain", 100);

  /** An open server. */
  public static TestServer open() throws Exception {
    return start(config -> config);
  }

  /** An open server with some short time-outs, as for {@link Timings#with}. */
  public static TestServer open(Object... timings) throws Exception {
    return start(config -> withTiming(config, timings));
  }

  /** A server that knows three tokens. */
  public static TestServer withTokens() throws Exception {
    return start(config -> withTokenFile(config));
  }

  public static ServerConfig withTokenFile(ServerConfig config) {
    return Copy.of(config, "tokenFiles", List.of(tokenFile()));
  }

  /** A file with the three tokens. */
  public static Path tokenFile() {
    try {
      Path tokens = Files.createTempFile(DIRECTORY, "tokens", ".yml");
      Files.writeString(
          tokens,
          """
          tokens:
            - name: alice
              sha256: %s
            - name: bob
              sha256: %s
            - name: carol
              sha256: %s
              subdomains: [pr-*]
              hostnames: [carol.example.com]
              tcpPorts: [1-1023]
              maxTunnels: 2
          """
              .formatted(
                  TokenFile.hash(TOKEN),
                  TokenFile.hash(OTHER_TOKEN),
                  TokenFile.hash(LIMITED_TOKEN)));
      return tokens;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static ServerConfig withTiming(ServerConfig config, Object... timings) {
    return Copy.of(config, "timing", Timings.with(timings));
  }

  public static TestServer start(UnaryOperator<ServerConfig> change) throws Exception {
    return start(change, BufferMemory.ofThisProcess());
  }

  public static TestServer start(UnaryOperator<ServerConfig> change, BufferMemory memory)
      throws Exception {
    ServerConfig config =
        new ServerConfig(
            ANY,
            ANY,
            ANY,
            ANY,
            DOMAIN,
            null,
            List.of(),
            null,
            null,
            List.of(),
            null,
            null,
            true,
            null,
            TrustedProxies.NONE,
            false,
            Limits.DEFAULT,
            null,
            DIRECTORY,
            PATIENT);
    return new TestServer(Server.start(change.apply(config), memory));
  }

  public Server server() {
    return server;
  }

  public int tunnelPort() {
    return server.tunnelPort();
  }

  public int httpPort() {
    return server.port(Protocol.HTTP);
  }

  public int httpsPort() {
    return server.port(Protocol.HTTPS);
  }

  /** The URL of a name at this server. */
  public String url(String protocol, String name) {
    int port = protocol.equals("http") ? httpPort() : httpsPort();
    return "%s://%s.%s:%d".formatted(protocol, name, DOMAIN, port);
  }

  /** Trusts the development certificate. */
  public static SSLContext trust() {
    try {
      DevelopmentCertificate made =
          DevelopmentCertificate.ensure(DIRECTORY, DOMAIN, Clock.systemUTC());
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      try (InputStream in = Files.newInputStream(made.authority())) {
        store.setCertificateEntry(
            "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path directory() {
    try {
      Path made = Files.createTempDirectory("pgrokd-test");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
