package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** pgrokd and the agent as processes of this machine, from the classes of this build. */
final class LocalPgrok implements AutoCloseable {

  static final String DOMAIN = "pgrok.test";

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final int httpPort = freePort();
  private final int httpsPort = freePort();

  /**
   * @param folder for their files; empty
   * @param tunnel under whose subdomain it is published
   * @param address the private service's, as the agent's configuration has it
   */
  LocalPgrok(Path folder, String tunnel, String address) throws IOException {
    this.folder = folder;
    int tunnelPort = freePort();
    start(
        "pgrokd",
        "io.pgrok.pgrokd.Main",
        "-domain=" + DOMAIN,
        "-httpAddr=127.0.0.1:" + httpPort,
        "-httpsAddr=127.0.0.1:" + httpsPort,
        "-tunnelAddr=127.0.0.1:" + tunnelPort,
        "-adminAddr=",
        "-dataDir=" + folder);
    Wait.until(() -> assertThat(authority()).as(logs()).isNotEmptyFile());
    var config = folder.resolve("pgrok.yml");
    Files.writeString(
        config,
        """
        server_addr: 127.0.0.1:%d
        server_ca: %s
        inspect_addr: disabled
        tunnels:
          %s: {proto: {http+https: "%s"}}
        """
            .formatted(tunnelPort, authority(), tunnel, address));
    start("agent", "io.pgrok.agent.Main", "-config=" + config, "-log=stdout", "start-all");
  }

  private void start(String module, String main, String... arguments) {
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    words.addAll(List.of("-cp", "%1$s/target/classes:%1$s/target/lib/*".formatted(module), main));
    words.addAll(List.of(arguments));
    processes.add(
        Repository.ofCurrentFolder()
            .command(words.toArray(String[]::new))
            .background(folder.resolve(module + ".log")));
  }

  /** What signed pgrokd's certificate. */
  Path authority() {
    return folder.resolve("dev-ca.crt");
  }

  int httpPort() {
    return httpPort;
  }

  int httpsPort() {
    return httpsPort;
  }

  /** What they have logged so far. */
  String logs() throws IOException {
    var all = new StringBuilder();
    try (var logs = Files.newDirectoryStream(folder, "*.log")) {
      for (var log : logs) {
        all.append(Files.readString(log));
      }
    }
    return all.toString();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws InterruptedException {
    for (var process : processes.reversed()) {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
