package io.pgrok.pgrokd.testing;

import io.pgrok.protocol.message.Message.StartProxy;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A private service that keeps every head it gets and answers as it is told. */
public final class HttpService implements TestAgent.Service {

  /** Answers one request; its body, if any, is still in the stream. */
  @FunctionalInterface
  public interface Handler {
    /**
     * @return false to close the connection
     */
    boolean answer(String head, InputStream body, OutputStream out) throws Exception;
  }

  private final Handler handler;
  private final List<String> heads = new CopyOnWriteArrayList<>();

  public HttpService(Handler handler) {
    this.handler = handler;
  }

  /** Answers every request with this text. */
  public static HttpService saying(String text) {
    return new HttpService((head, body, out) -> {
      out.write(response(text));
      return true;
    });
  }

  /**
   * Answers one request of each connection with this text, as a service that has no connection left
   * when another takes its place.
   */
  public static HttpService sayingOnce(String text) {
    return new HttpService((head, body, out) -> {
      out.write(
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(text.length(), text)
              .getBytes(StandardCharsets.ISO_8859_1));
      return false;
    });
  }

  public static byte[] response(String text) {
    return ("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Heads of requests, in the order of their arrival. */
  public List<String> heads() {
    return heads;
  }

  @Override
  public void serve(Socket socket, StartProxy start) throws Exception {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    String head;
    do {
      head = readHead(in);
      if (head.isEmpty()) {
        return;
      }
      heads.add(head);
    } while (handler.answer(head, in, out));
  }

  /** Reads to the end of a head; empty at the end of the stream. */
  public static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last4 = 0;
    int next;
    while ((next = in.read()) >= 0) {
      head.write(next);
      last4 = last4 << 8 | next;
      if (last4 == 0x0d0a0d0a) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  /** Reads what the head says that follows it, and drops it. */
  public static void skipBody(String head, InputStream in) throws IOException {
    String length = header(head, "Content-Length");
    if (length != null) {
      in.skipNBytes(Long.parseLong(length));
    } else if (header(head, "Transfer-Encoding") != null) {
      int chunk;
      do {
        chunk = Integer.parseInt(readLine(in), 16);
        in.skipNBytes(chunk);
        while (!readLine(in).isEmpty()) {} // trailers, or the end of the chunk
      } while (chunk > 0);
    }
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = in.read()) != '\n') {
      if (next < 0) {
        throw new EOFException();
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  /** The value of a header, or null. */
  public static String header(String head, String name) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .reduce((one, other) -> one + " | " + other)
        .orElse(null);
  }
}
