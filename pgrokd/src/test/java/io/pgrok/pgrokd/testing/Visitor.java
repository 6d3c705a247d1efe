package io.pgrok.pgrokd.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A visitor's connection, in blocking calls and raw text. Nothing waits longer than 20 s. */
public final class Visitor implements Closeable {

  /** A response with the body that its framing announces. */
  public record Response(String head, String body) {
    public int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    public @Nullable String header(String name) {
      return HttpService.header(head, name);
    }
  }

  private final Socket socket;
  private final InputStream in;

  private Visitor(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  public static Visitor connect(int port) throws IOException {
    return new Visitor(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  public static Visitor connectTls(int port) throws IOException {
    return new Visitor(
        TestServer.trust().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port));
  }

  /** Speaks HTTP/2 by ALPN: frames are for the caller to write and read. */
  public static Visitor connectHttp2(int port) throws IOException {
    Visitor visitor = connectTls(port);
    SSLSocket tls = (SSLSocket) visitor.socket;
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return visitor;
  }

  /** Sends text as it is; write CRLF yourself. */
  public Visitor send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Visitor send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends a GET for a subdomain's root, with further header lines. */
  public Visitor get(String subdomain, String... headers) throws IOException {
    StringBuilder request = new StringBuilder("GET / HTTP/1.1\r\n");
    request.append("Host: ").append(subdomain).append('.').append(TestServer.DOMAIN);
    request.append("\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return send(request.append("\r\n").toString());
  }

  /** Reads a response to anything but HEAD. */
  public Response receive() throws IOException {
    String head = receiveHead();
    String length = HttpService.header(head, "Content-Length");
    if (length != null) {
      byte[] body = in.readNBytes(Integer.parseInt(length));
      if (body.length < Integer.parseInt(length)) {
        throw new EOFException("the body is cut off");
      }
      return new Response(head, new String(body, StandardCharsets.ISO_8859_1));
    }
    if ("chunked".equalsIgnoreCase(HttpService.header(head, "Transfer-Encoding"))) {
      return new Response(head, chunks());
    }
    return new Response(head, new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
  }

  public String receiveHead() throws IOException {
    String head = HttpService.readHead(in);
    if (head.isEmpty()) {
      throw new EOFException("closed before a response");
    }
    return head;
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      int size = Integer.parseInt(line(), 16);
      body.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
      if (size == 0) {
        while (!line().isEmpty()) {
          // Trailers.
        }
        return body.toString();
      }
      line();
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    while ((next = in.read()) != '\n') {
      if (next < 0) {
        throw new EOFException("the body is cut off");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  /** Whether the server has ended the connection, in whatever way, without a further byte. */
  public boolean isClosed() {
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  public InputStream in() {
    return in;
  }

  public Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
