package io.pgrok.agent.files;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import io.pgrok.agent.config.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves a folder on loopback: files and parts of them, an index page or the JDK's listing, GET and
 * HEAD only. It shows no hidden files, follows no links and lets no path out of the folder.
 */
public final class FileServer implements AutoCloseable {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private FileServer(HttpServer server) {
    this.server = server;
    server.setExecutor(threads);
    server.start();
  }

  /**
   * Begins to listen on any free port.
   *
   * @throws IOException when the folder cannot be read
   */
  public static FileServer start(Path folder) throws IOException {
    try {
      Path root = folder.toRealPath();
      HttpHandler handler = new FileHandler(root, SimpleFileServer.createFileHandler(root));
      InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      return new FileServer(HttpServer.create(anywhere, 0, "/", handler));
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new IOException("the folder " + folder + " cannot be served: " + e.getMessage(), e);
    }
  }

  /** Where it listens. */
  public HostPort address() {
    return new HostPort("127.0.0.1", server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
