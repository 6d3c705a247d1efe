package io.pgrok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A way for visitors to the private service. */
sealed interface Peer {

  String name();

  /**
   * Starts it and waits until it serves.
   *
   * @return empty when its programs are missing
   */
  Optional<Pair> start(Setup setup) throws IOException, InterruptedException;

  /**
   * @param spec a name, or {@code name=path} for one whose programs are not on the PATH; {@code
   *     pgrok=path} is another checkout of this project, to compare a change with
   */
  static Peer named(String spec) {
    String name = spec.contains("=") ? spec.substring(0, spec.indexOf('=')) : spec;
    String path = spec.contains("=") ? spec.substring(spec.indexOf('=') + 1) : "";
    return switch (name) {
      case "direct" -> new Direct();
      case "nginx" -> new TwoNginx();
      case "pgrok" -> new Pgrok(path.isEmpty() ? name : path, Path.of(path), false);
      case "classic" -> new Pgrok("pgrok, classic mode", Path.of(path), true);
      case "chisel" -> new Chisel(path.isEmpty() ? name : path);
      case "rathole" -> new Rathole(path.isEmpty() ? name : path);
      case "frp" -> new Frp(Path.of(path));
      case "go" -> new GoReference(Path.of(path));
      default ->
          throw new IllegalArgumentException(
              "no peer '%s': use direct, nginx, pgrok[=checkout], classic, chisel[=program], rathole[=program], frp=directory or go=directory"
                  .formatted(name));
    };
  }

  /** No tunnel. */
  record Direct() implements Peer {
    @Override
    public String name() {
      return "direct";
    }

    @Override
    public Optional<Pair> start(Setup setup) {
      String url = "http://127.0.0.1:" + setup.origin();
      return Optional.of(new Pair(null, null, url, null, Setup.HOST, url));
    }
  }

  /** No tunnel either, but its topology: by Host to a kept-alive TLS connection to the far side. */
  record TwoNginx() implements Peer {
    @Override
    public String name() {
      return "two nginx hops";
    }

    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      Optional<List<String>> nginx = setup.tools().find("nginx");
      if (nginx.isEmpty()) {
        return Optional.empty();
      }
      int far = Setup.freePort();
      Process client =
          setup.nginx(
              nginx.get(),
              "nginx-far",
              """
              upstream service { server 127.0.0.1:%d; keepalive 256; }
              server {
                listen 127.0.0.1:%d ssl;
                ssl_certificate %s;
                ssl_certificate_key %s;
                location / { proxy_pass http://service; }
              }
              """
                  .formatted(setup.origin(), far, setup.certificate(), setup.key()));
      Setup.awaitPort(far);
      int edge = Setup.freePort();
      int edgeTls = Setup.freePort();
      Process server =
          setup.nginx(
              nginx.get(),
              "nginx-edge",
              """
              upstream far { server 127.0.0.1:%d; keepalive 256; }
              server { listen 127.0.0.1:%d default_server; return 404; }
              server {
                listen 127.0.0.1:%2$d;
                listen 127.0.0.1:%d ssl http2;
                ssl_certificate %s;
                ssl_certificate_key %s;
                server_name %s;
                location / {
                  proxy_pass https://far;
                  proxy_ssl_session_reuse on;
                  proxy_set_header Host $host;
                  proxy_set_header X-Forwarded-For $remote_addr;
                }
              }
              """
                  .formatted(far, edge, edgeTls, setup.certificate(), setup.key(), Setup.HOST));
      Setup.awaitPort(edge);
      String url = "http://127.0.0.1:" + edge;
      return Optional.of(
          new Pair(server, client, url, "https://127.0.0.1:" + edgeTls, Setup.HOST, url));
    }
  }

  /**
   * This project, with its default settings.
   *
   * @param checkout whose launchers are taken; empty for this one
   * @param classic whether the agent offers no extension
   */
  record Pgrok(String name, Path checkout, boolean classic) implements Peer {
    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      Path from = checkout.toString().isEmpty() ? setup.checkout() : checkout;
      Path home = Files.createTempDirectory(setup.directory(), "pgrok");
      int http = Setup.freePort();
      int https = Setup.freePort();
      int tunnel = Setup.freePort();
      int tcp = Setup.freePort();
      Process server =
          setup.start(
              home.getFileName() + "-server",
              List.of(
                  from.resolve("bin/pgrokd").toString(),
                  "-httpAddr=127.0.0.1:" + http,
                  "-httpsAddr=127.0.0.1:" + https,
                  "-tunnelAddr=127.0.0.1:" + tunnel,
                  "-adminAddr=",
                  "-domain=" + Setup.DOMAIN,
                  "-dataDir=" + home),
              Map.of());
      Setup.awaitPort(tunnel);
      Path config = home.resolve("agent.yml");
      Files.writeString(
          config,
          """
          server_addr: localhost:%d
          server_ca: %s
          tunnels:
            web: { subdomain: web, proto: { http+https: "127.0.0.1:%d" } }
            raw: { remote_port: %d, proto: { tcp: "127.0.0.1:%3$d" } }
          """
              .formatted(tunnel, home.resolve("dev-ca.crt"), setup.origin(), tcp));
      Process client =
          setup.start(
              home.getFileName() + "-agent",
              List.of(
                  from.resolve("bin/pgrok").toString(),
                  "-config=" + config,
                  "-log=stdout",
                  "start-all"),
              classic ? Map.of("JDK_JAVA_OPTIONS", "-Dpgrok.classic=true") : Map.of());
      Setup.awaitPort(tcp);
      return Optional.of(
          new Pair(
              server,
              client,
              "http://127.0.0.1:" + http,
              "https://127.0.0.1:" + https,
              Setup.HOST,
              "http://127.0.0.1:" + tcp));
    }
  }

  /** Whole connections, over SSH inside of a WebSocket. */
  record Chisel(String program) implements Peer {
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
      List<String> server = new ArrayList<>(chisel.get());
      server.addAll(
          List.of(
              "server",
              "--reverse",
              "--host=127.0.0.1",
              "--port=" + port,
              "--tls-key=" + setup.key(),
              "--tls-cert=" + setup.certificate()));
      Process serverProcess = setup.start("chisel-server", server, Map.of());
      Setup.awaitPort(port);
      List<String> client = new ArrayList<>(chisel.get());
      client.addAll(
          List.of(
              "client",
              "--tls-ca=" + setup.certificate(),
              "https://localhost:" + port,
              "R:127.0.0.1:%d:127.0.0.1:%d".formatted(visitors, setup.origin())));
      Process clientProcess = setup.start("chisel-client", client, Map.of());
      Setup.awaitPort(visitors);
      return Optional.of(Pair.tcpOnly(serverProcess, clientProcess, visitors));
    }
  }

  /** Whole connections, each over a TLS connection of its own. */
  record Rathole(String program) implements Peer {
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
      Path server = setup.directory().resolve("rathole-server.toml");
      Files.writeString(
          server,
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
      Path client = setup.directory().resolve("rathole-client.toml");
      Files.writeString(
          client,
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
              .formatted(port, setup.certificate(), setup.origin()));
      Process serverProcess =
          setup.start("rathole-server", with(rathole.get(), "--server", server), Map.of());
      Setup.awaitPort(port);
      Process clientProcess =
          setup.start("rathole-client", with(rathole.get(), "--client", client), Map.of());
      Setup.awaitPort(visitors);
      return Optional.of(Pair.tcpOnly(serverProcess, clientProcess, visitors));
    }

    private static List<String> with(List<String> program, String mode, Path config) {
      List<String> command = new ArrayList<>(program);
      command.addAll(List.of(mode, config.toString()));
      return command;
    }
  }

  /**
   * By Host, over one multiplexed TLS connection.
   *
   * @param directory with frps and frpc
   */
  record Frp(Path directory) implements Peer {
    @Override
    public String name() {
      return "frp";
    }

    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      int port = Setup.freePort();
      int http = Setup.freePort();
      int tcp = Setup.freePort();
      Path server = setup.directory().resolve("frps.toml");
      Files.writeString(
          server,
          """
          bindAddr = "127.0.0.1"
          bindPort = %d
          vhostHTTPPort = %d
          transport.tls.force = true
          """
              .formatted(port, http));
      Path client = setup.directory().resolve("frpc.toml");
      Files.writeString(
          client,
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
              .formatted(port, setup.origin(), Setup.HOST, tcp));
      Process serverProcess =
          setup.start(
              "frps",
              List.of(directory.resolve("frps").toString(), "-c", server.toString()),
              Map.of());
      Setup.awaitPort(port);
      Process clientProcess =
          setup.start(
              "frpc",
              List.of(directory.resolve("frpc").toString(), "-c", client.toString()),
              Map.of());
      Setup.awaitPort(tcp);
      return Optional.of(
          new Pair(
              serverProcess,
              clientProcess,
              "http://127.0.0.1:" + http,
              null,
              Setup.HOST,
              "http://127.0.0.1:" + tcp));
    }
  }

  /**
   * The reference in Go.
   *
   * @param directory with pgrokd and pgrok
   */
  record GoReference(Path directory) implements Peer {
    @Override
    public String name() {
      return "pgrok in Go";
    }

    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      int http = Setup.freePort();
      int tunnel = Setup.freePort();
      int tcp = Setup.freePort();
      Process server =
          setup.start(
              "go-server",
              List.of(
                  directory.resolve("pgrokd").toString(),
                  "-domain=" + Setup.DOMAIN,
                  "-httpAddr=127.0.0.1:" + http,
                  "-httpsAddr=",
                  "-tunnelAddr=127.0.0.1:" + tunnel,
                  "-tlsCrt=" + setup.certificate(),
                  "-tlsKey=" + setup.key(),
                  "-log-level=ERROR"),
              Map.of("VHOST", Setup.DOMAIN));
      Setup.awaitPort(tunnel);
      Path config = setup.directory().resolve("go-agent.yml");
      Files.writeString(
          config,
          """
          server_addr: localhost:%d
          trust_host_root_certs: true
          inspect_addr: disabled
          tunnels:
            web:
              subdomain: web
              proto: { http: "127.0.0.1:%d" }
            raw:
              remote_port: %d
              proto: { tcp: "127.0.0.1:%2$d" }
          """
              .formatted(tunnel, setup.origin(), tcp));
      Process client =
          setup.start(
              "go-agent",
              List.of(
                  directory.resolve("pgrok").toString(),
                  "-config=" + config,
                  "-log=none",
                  "start-all"),
              Map.of("SSL_CERT_FILE", setup.certificate().toString()));
      Setup.awaitPort(tcp);
      return Optional.of(
          new Pair(
              server,
              client,
              "http://127.0.0.1:" + http,
              null,
              Setup.HOST,
              "http://127.0.0.1:" + tcp));
    }
  }
}
