package io.pgrok.bench;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One connection of a visitor, for what the load generators cannot do. */
final class Visitor implements Closeable {

  private static final int PATIENCE_MILLIS = 30_000;
  private static final int BODY = 1 << 10;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final byte[] request;

  /**
   * @param from our address, since one address may not have as many connections as we like
   */
  Visitor(Pair pair, String from, String host) throws IOException {
    socket.bind(new InetSocketAddress(from, 0));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress("127.0.0.1", URI.create(pair.url()).getPort()));
    in = new BufferedInputStream(socket.getInputStream());
    request =
        "GET /1k HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(host).getBytes(StandardCharsets.US_ASCII);
  }

  Visitor(Pair pair) throws IOException {
    this(pair, "127.0.0.1", pair.host());
  }

  /** Asks for the file of 1 KB, and waits until all of it has come. */
  void ask() throws IOException {
    socket.getOutputStream().write(request);
    String status = line();
    if (!status.contains(" 200 ")) {
      throw new IOException("the answer is: " + status);
    }
    while (!line().isEmpty()) {
      // the body comes after the headers
    }
    in.skipNBytes(BODY);
  }

  private String line() throws IOException {
    StringBuilder text = new StringBuilder();
    int c = in.read();
    while (c >= 0 && c != '\n') {
      text.append((char) c);
      c = in.read();
    }
    if (c < 0) {
      throw new IOException("closed without an answer");
    }
    return text.toString().strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
