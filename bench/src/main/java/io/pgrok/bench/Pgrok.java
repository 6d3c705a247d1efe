package io.pgrok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * This project, with its default settings.
 *
 * @param checkout whose launchers are taken; empty for this one
 */
record Pgrok(String name, Path checkout, Mode mode) implements Peer {

  /** What is different from the default. */
  enum Mode {
    DEFAULT,
    /** The agent keeps what passes for its inspector. */
    INSPECTED,
    /** The agent offers no extension, as a Go client. */
    CLASSIC
  }

  @Override
  public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
    int tcp = Setup.freePort();
    return Optional.of(
        start(
            setup,
            tcp,
            """
              web: { subdomain: web, inspect: %s, proto: { http+https: "127.0.0.1:%d" } }
              raw: { remote_port: %d, proto: { tcp: "127.0.0.1:%2$d" } }
            """
                .formatted(mode == Mode.INSPECTED, setup.origin(), tcp)));
  }

  /**
   * @param tcp the public port of a TCP tunnel, which says that all are registered
   * @param tunnels of the agent's configuration
   */
  Pair start(Setup setup, int tcp, String tunnels) throws IOException, InterruptedException {
    Path from = checkout.toString().isEmpty() ? setup.checkout() : checkout;
    Path home = Files.createTempDirectory(setup.directory(), "pgrok");
    int http = Setup.freePort();
    int https = Setup.freePort();
    int tunnel = Setup.freePort();
    Program server =
        setup.serving(
            home.getFileName() + "-server",
            tunnel,
            List.of(from.resolve("bin/pgrokd").toString()),
            "-httpAddr=127.0.0.1:" + http,
            "-httpsAddr=127.0.0.1:" + https,
            "-tunnelAddr=127.0.0.1:" + tunnel,
            "-adminAddr=",
            "-domain=" + Setup.DOMAIN,
            "-dataDir=" + home);
    Path config =
        setup.write(
            home.getFileName() + "-agent.yml",
            """
            server_addr: localhost:%d
            server_ca: %s
            tunnels:
            %s
            """
                .formatted(setup.link().through(tunnel), home.resolve("dev-ca.crt"), tunnels));
    Map<String, String> environment =
        mode == Mode.CLASSIC ? Map.of("JDK_JAVA_OPTIONS", "-Dpgrok.classic=true") : Map.of();
    Program client =
        setup
            .with(environment)
            .serving(
                home.getFileName() + "-agent",
                tcp,
                List.of(from.resolve("bin/pgrok").toString()),
                "-config=" + config,
                "-log=stdout",
                "start-all");
    return new Pair(
        server,
        client,
        "http://127.0.0.1:" + http,
        "https://127.0.0.1:" + https,
        Setup.HOST,
        "http://127.0.0.1:" + tcp);
  }
}
