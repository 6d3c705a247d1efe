package io.pgrok.e2e.quickstart;

import io.pgrok.e2e.Repository;
import io.pgrok.e2e.command.Command;
import io.pgrok.e2e.install.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** pgrokd, the agent and a sample service as processes of this machine, on free loopback ports. */
final class NoCluster {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Repository repository;
  private final Console console;
  private final List<Process> processes = new ArrayList<>();

  NoCluster(Repository repository, Console console) {
    this.repository = repository;
    this.console = console;
  }

  void run(boolean once) throws IOException, InterruptedException {
    var folder = Files.createTempDirectory("pgrok-quickstart");
    var stopped = new CountDownLatch(1);
    var hook = new Thread(() -> stop(folder, stopped), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    var url = start(folder);
    console.step("The page, through pgrokd and the agent");
    console.showOutput(repository.command("curl", "--silent", "--show-error", "--fail", url));
    if (once) {
      return; // the hook cleans up
    }
    console.say("\nOpen %s in a browser of this machine. Ctrl+C ends everything.".formatted(url));
    stopped.await();
  }

  private String start(Path folder) throws IOException, InterruptedException {
    int servicePort = freePort();
    int httpPort = freePort();
    int tunnelPort = freePort();
    int adminPort = freePort();

    console.step("A service that only this machine can reach");
    var site = Files.createDirectory(folder.resolve("site"));
    Files.writeString(site.resolve("index.html"), "<h1>Hello from a private service</h1>\n");
    background(
        folder,
        "service",
        repository.command(
            Path.of(System.getProperty("java.home"), "bin", "jwebserver").toString(),
            "-b",
            "127.0.0.1",
            "-p",
            Integer.toString(servicePort),
            "-d",
            site.toString()));

    console.step("pgrokd, the public side");
    var data = folder.resolve("pgrokd");
    background(
        folder,
        "pgrokd",
        repository
            .command(
                "bin/pgrokd",
                "-domain=" + Installation.DOMAIN,
                "-httpAddr=127.0.0.1:" + httpPort,
                "-httpsAddr=",
                "-tunnelAddr=127.0.0.1:" + tunnelPort,
                "-adminAddr=127.0.0.1:" + adminPort,
                "-dataDir=" + data)
            .with("VHOST", Installation.DOMAIN + ":" + httpPort));
    await("pgrokd", folder, curl("http://127.0.0.1:%d/readyz".formatted(adminPort)));

    console.step("The agent, which publishes the service");
    background(
        folder,
        "pgrok",
        repository.command(
            "bin/pgrok",
            "-serveraddr=127.0.0.1:" + tunnelPort,
            "-serverca=" + data.resolve("dev-ca.crt"),
            "-log=stdout",
            "-subdomain=hello",
            Integer.toString(servicePort)));
    var url = "http://hello.%s:%d/".formatted(Installation.DOMAIN, httpPort);
    await("the tunnel", folder, curl(url));
    return url;
  }

  private void background(Path folder, String name, Command command) {
    console.say("$ " + command.line());
    processes.add(command.background(folder.resolve(name + ".log")));
  }

  private Command curl(String url) {
    return repository.command("curl", "--silent", "--show-error", "--fail", "--max-time", "2", url);
  }

  /** Tries until the command succeeds, one of the processes ends, or it took too long. */
  private void await(String what, Path folder, Command command)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (command.result().status() != 0) {
      var ended = processes.stream().filter(process -> !process.isAlive()).findFirst();
      if (ended.isPresent() || System.nanoTime() > end) {
        throw new IllegalStateException("%s did not come up%n%s".formatted(what, logs(folder)));
      }
      TimeUnit.MILLISECONDS.sleep(250);
    }
  }

  private static String logs(Path folder) throws IOException {
    var all = new StringBuilder();
    try (var files = Files.newDirectoryStream(folder, "*.log")) {
      for (var log : files) {
        all.append("--- %s%n%s".formatted(log.getFileName(), Files.readString(log)));
      }
    }
    return all.toString();
  }

  private void stop(Path folder, CountDownLatch stopped) {
    for (var process : processes.reversed()) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    for (var process : processes) {
      end(process);
    }
    delete(folder);
    stopped.countDown();
  }

  private static void end(Process process) {
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    } catch (IOException e) {
      System.err.println("quickstart: could not delete " + folder + ": " + e.getMessage());
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
