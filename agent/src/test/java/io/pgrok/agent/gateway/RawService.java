package io.pgrok.agent.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A private service whose every byte a test decides. Each connection is a virtual thread. */
final class RawService implements AutoCloseable {

  /** One connection. */
  record Peer(InputStream in, OutputStream out) {

    /** Up to and with the empty line; empty when the connection has ended. */
    String readHead() throws IOException {
      return readTo("\r\n\r\n");
    }

    String readTo(String end) throws IOException {
      StringBuilder text = new StringBuilder();
      for (int b = in.read(); b >= 0; b = in.read()) {
        text.append((char) b);
        if (text.toString().endsWith(end)) {
          break;
        }
      }
      return text.toString();
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(ISO_8859_1));
      out.flush();
    }
  }

  /** What the service does with a connection, which is closed behind it. */
  interface Script {
    void run(Peer peer) throws IOException;
  }

  private final ServerSocket listener;
  private final AtomicInteger connections = new AtomicInteger();

  RawService(ServerSocket listener, Script script) {
    this.listener = listener;
    Thread.ofVirtual().start(() -> accept(script));
  }

  static RawService of(Script script) throws IOException {
    return new RawService(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  /** Answers each request with its own head as the body. */
  static RawService mirror() throws IOException {
    return of(RawService::mirror);
  }

  static void mirror(Peer peer) throws IOException {
    for (String head = peer.readHead(); !head.isEmpty(); head = peer.readHead()) {
      peer.send(
          "HTTP/1.1 200 OK\r\nServer: raw\r\nContent-Length: " + head.length() + "\r\n\r\n" + head);
    }
  }

  private void accept(Script script) {
    try {
      while (true) {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, script));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void serve(Socket socket, Script script) {
    try (socket) {
      script.run(new Peer(socket.getInputStream(), socket.getOutputStream()));
    } catch (IOException e) {
      // The agent went away.
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
