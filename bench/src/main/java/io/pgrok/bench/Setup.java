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

/**
 * What all peers share: a place for their files, the private service, a certificate.
 *
 * @param checkout of this project
 * @param directory for files of this run
 * @param origin port of the private service
 * @param certificate in PEM, for localhost and 127.0.0.1, its own authority
 * @param key of that
 */
record Setup(Path checkout, Path directory, Tools tools, int origin, Path certificate, Path key) {

  static final String DOMAIN = "bench.test";
  static final String HOST = "web." + DOMAIN;

  /** A port that is free now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Starts a process whose output goes to a file of the run. */
  Process start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** A single nginx worker. */
  Process nginx(List<String> nginx, String name, String http)
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
        events { worker_connections 4096; }
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
    List<String> command = new ArrayList<>(nginx);
    command.addAll(List.of("-p", home + "/", "-e", "error.log", "-c", file.toString()));
    return start(name, command, Map.of());
  }

  /** Then nginx's workers would be somebody who may not read our files. */
  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** Waits until something listens. */
  static void awaitPort(int port) throws IOException, InterruptedException {
    for (int i = 0; i < 300; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new IOException("nothing listens on port " + port);
  }
}
