package io.pgrok.agent.fake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that understands CONNECT, or refuses it. */
public final class ConnectProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final String refusal;
  private final List<String> heads = new CopyOnWriteArrayList<>();

  /**
   * @param refusal a status line; empty to let everything through
   */
  public ConnectProxy(String refusal) throws IOException {
    this.refusal = refusal;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** What was asked for. */
  public List<String> heads() {
    return heads;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII), 1);
      StringBuilder head = new StringBuilder();
      for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
        head.append(line).append('\n');
      }
      heads.add(head.toString());
      if (!refusal.isEmpty()) {
        client.getOutputStream().write((refusal + "\r\n\r\n").getBytes(US_ASCII));
        return;
      }
      String[] target = head.toString().split(" ")[1].split(":");
      try (Socket server = new Socket(target[0], Integer.parseInt(target[1]))) {
        client
            .getOutputStream()
            .write("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n".getBytes(US_ASCII));
        Thread.ofVirtual().start(() -> copy(server, client));
        copy(client, server);
      }
    } catch (IOException e) {
      // One side went away.
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One side went away.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
