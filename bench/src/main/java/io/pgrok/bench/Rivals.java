package io.pgrok.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Other people's tunnels. */
final class Rivals {

  private Rivals() {}

  private sealed interface Rival extends Peer {
    @Override
    default boolean isRival() {
      return true;
    }
  }

  /** Whole connections, over SSH inside of a WebSocket. */
  record Chisel(String program) implements Rival {
    @Override
    public String name() {
      return "chisel";
    }

    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      Optional<List<String>> chisel = setup.tools().find(program);
      if (chisel.isEmpty()) {
        return Optional.empty();
      }
      int port = Setup.freePort();
      int visitors = Setup.freePort();
      Program server =
          setup.serving(
              "chisel-server",
              port,
              chisel.get(),
              "server",
              "--reverse",
              "--host=127.0.0.1",
              "--port=" + port,
              "--tls-key=" + setup.key(),
              "--tls-cert=" + setup.certificate());
      Program client =
          setup.serving(
              "chisel-client",
              visitors,
              chisel.get(),
              "client",
              "--tls-ca=" + setup.certificate(),
              "https://localhost:" + setup.link().through(port),
              "R:127.0.0.1:%d:127.0.0.1:%d".formatted(visitors, setup.origin()));
      return Optional.of(Pair.tcpOnly(server, client, visitors));
    }
  }

  /** Whole connections, each over a TLS connection of its own. */
  record Rathole(String program) implements Rival {
    @Override
    public String name() {
      return "rathole";
    }

    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      Optional<List<String>> rathole = setup.tools().find(program);
      if (rathole.isEmpty()) {
        return Optional.empty();
      }
      int port = Setup.freePort();
      int visitors = Setup.freePort();
      Path pkcs12 = setup.directory().resolve("rathole.p12");
      Certificates.pkcs12(setup.certificate(), setup.key(), pkcs12);
      Path serverConfig =
          setup.write(
              "rathole-server.toml",
              """
              [server]
              bind_addr = "127.0.0.1:%d"
              default_token = "bench"
              [server.transport]
              type = "tls"
              [server.transport.tls]
              pkcs12 = "%s"
              pkcs12_password = "bench"
              [server.services.web]
              bind_addr = "127.0.0.1:%d"
              """
                  .formatted(port, pkcs12, visitors));
      Path clientConfig =
          setup.write(
              "rathole-client.toml",
              """
              [client]
              remote_addr = "localhost:%d"
              default_token = "bench"
              [client.transport]
              type = "tls"
              [client.transport.tls]
              trusted_root = "%s"
              hostname = "localhost"
              [client.services.web]
              local_addr = "127.0.0.1:%d"
              """
                  .formatted(setup.link().through(port), setup.certificate(), setup.origin()));
      Program server =
          setup.serving("rathole-server", port, rathole.get(), "--server", serverConfig.toString());
      Program client =
          setup.serving(
              "rathole-client", visitors, rathole.get(), "--client", clientConfig.toString());
      return Optional.of(Pair.tcpOnly(server, client, visitors));
    }
  }

  /**
   * By Host, over one multiplexed TLS connection.
   *
   * @param directory with frps and frpc
   */
  record Frp(Path directory) implements Rival {
    @Override
    public String name() {
      return "frp";
    }

    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      int port = Setup.freePort();
      int http = Setup.freePort();
      int tcp = Setup.freePort();
      Path serverConfig =
          setup.write(
              "frps.toml",
              """
              bindAddr = "127.0.0.1"
              bindPort = %d
              vhostHTTPPort = %d
              transport.tls.force = true
              """
                  .formatted(port, http));
      Path clientConfig =
          setup.write(
              "frpc.toml",
              """
              serverAddr = "127.0.0.1"
              serverPort = %1$d
              transport.tls.enable = true
              [[proxies]]
              name = "web"
              type = "http"
              localPort = %2$d
              customDomains = ["%3$s"]
              [[proxies]]
              name = "raw"
              type = "tcp"
              localPort = %2$d
              remotePort = %4$d
              """
                  .formatted(setup.link().through(port), setup.origin(), Setup.HOST, tcp));
      Program server =
          setup.serving(
              "frps",
              port,
              List.of(directory.resolve("frps").toString()),
              "-c",
              serverConfig.toString());
      Program client =
          setup.serving(
              "frpc",
              tcp,
              List.of(directory.resolve("frpc").toString()),
              "-c",
              clientConfig.toString());
      return Optional.of(Pair.plain(server, client, http, tcp));
    }
  }

  /**
   * The reference in Go.
   *
   * @param directory with pgrokd and pgrok
   */
  record GoReference(Path directory) implements Rival {
    @Override
    public String name() {
      return "pgrok in Go";
    }

    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      int http = Setup.freePort();
      int tunnel = Setup.freePort();
      int tcp = Setup.freePort();
      Program server =
          setup
              .with(Map.of("VHOST", Setup.DOMAIN))
              .serving(
                  "go-server",
                  tunnel,
                  List.of(directory.resolve("pgrokd").toString()),
                  "-domain=" + Setup.DOMAIN,
                  "-httpAddr=127.0.0.1:" + http,
                  "-httpsAddr=",
                  "-tunnelAddr=127.0.0.1:" + tunnel,
                  "-tlsCrt=" + setup.certificate(),
                  "-tlsKey=" + setup.key(),
                  "-log-level=ERROR");
      Path config =
          setup.write(
              "go-agent.yml",
              """
              trust_host_root_certs: true
              inspect_addr: disabled
              tunnels:
                web:
                  subdomain: web
                  proto: { http: "127.0.0.1:%d" }
                raw:
                  remote_port: %d
                  proto: { tcp: "127.0.0.1:%1$d" }
              """
                  .formatted(setup.origin(), tcp));
      Program client =
          setup
              .with(Map.of("SSL_CERT_FILE", setup.certificate().toString()))
              .serving(
                  "go-agent",
                  tcp,
                  List.of(directory.resolve("pgrok").toString()),
                  "-config=" + config,
                  // Its default would count more than the file.
                  "-serveraddr=localhost:" + setup.link().through(tunnel),
                  "-log=none",
                  "start-all");
      return Optional.of(Pair.plain(server, client, http, tcp));
    }
  }
}
