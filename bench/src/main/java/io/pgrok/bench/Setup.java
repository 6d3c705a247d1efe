package io.pgrok.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What all peers share: a place for their files, the private service, a certificate.
 *
 * @param checkout of this project
 * @param directory for files of this run
 * @param origin port of the private service
 * @param certificate in PEM, for localhost and 127.0.0.1, its own authority
 * @param key of that
 * @param link what lies between the two sides of a peer
 * @param environment of the programs, beyond ours
 */
record Setup(
    Path checkout,
    Path directory,
    Tools tools,
    int origin,
    Path certificate,
    Path key,
    Link link,
    Map<String, String> environment) {

  static final String DOMAIN = "bench.test";
  static final String HOST = "web." + DOMAIN;

  /** How one side reaches the other. */
  interface Link {
    Link NONE = port -> port;

    /** The port to dial for reaching that one. */
    int through(int port) throws IOException;
  }

  /** A port that is free now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  Setup with(Map<String, String> variables) {
    return new Setup(
        checkout, directory, tools, origin, certificate, key, link, Map.copyOf(variables));
  }

  /** The same for peers that run beside those that there are already. */
  Setup apart(Link between) throws IOException {
    return new Setup(
        checkout,
        Files.createTempDirectory(directory, "apart"),
        tools,
        origin,
        certificate,
        key,
        between,
        environment);
  }

  /** Writes a file of the run. */
  Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  /** Starts a program, whose output goes to a file of the run, and waits until it listens. */
  Program serving(String name, int port, List<String> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile());
    builder.environment().putAll(environment);
    long began = System.nanoTime();
    Process process = builder.start();
    awaitPort(name, process, port);
    return new Program(process, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  /** A single nginx worker. */
  Program nginx(List<String> nginx, String name, int port, String http)
      throws IOException, InterruptedException {
    Path home = Files.createDirectories(directory.resolve(name));
    Path file = home.resolve("nginx.conf");
    Files.writeString(
        file,
        """
        daemon off;
        %s
        worker_processes 1;
        pid nginx.pid;
        error_log error.log;
        events { worker_connections 16384; }
        http {
          access_log off;
          default_type application/octet-stream;
          client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;
          uwsgi_temp_path t4; scgi_temp_path t5;
          sendfile on;
          tcp_nodelay on;
          keepalive_requests 1000000000;
          keepalive_timeout 600s;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_buffers 16 32k;
          proxy_max_temp_file_size 0;
        %s
        }
        """
            .formatted(isRoot() ? "user root;" : "", http.indent(2)));
    return serving(name, port, nginx, "-p", home + "/", "-e", "error.log", "-c", file.toString());
  }

  /** Then nginx's workers would be somebody who may not read our files. */
  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static void awaitPort(String name, Process process, int port)
      throws IOException, InterruptedException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() - giveUp < 0 && process.isAlive()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
        return;
      } catch (IOException e) {
        Thread.sleep(5);
      }
    }
    process.destroy();
    throw new IOException("%s does not listen on port %d: see its log".formatted(name, port));
  }
}
