package io.pgrok.agent.fake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgrok.protocol.message.Message.RegProxy;
import io.pgrok.protocol.message.Message.StartProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** The server's end of a proxy connection, and thereby a visitor. */
public record FakeProxy(Socket socket, RegProxy registered) {

  /** Sends StartProxy and the visitor's first bytes in one TLS record. */
  public FakeProxy start(String url, String firstBytes) throws IOException {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(Wire.frame(new StartProxy(url, "192.0.2.1:5000")));
    record.writeBytes(firstBytes.getBytes(UTF_8));
    socket.getOutputStream().write(record.toByteArray());
    return this;
  }

  /** Asks whether this is an agent; nobody visits. */
  public FakeProxy probe(String url) throws IOException {
    socket.getOutputStream().write(Wire.frame(new StartProxy(url, "", true)));
    return this;
  }

  public void send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(UTF_8));
  }

  public InputStream input() throws IOException {
    return socket.getInputStream();
  }

  /** Everything up to the end. */
  public String readAll() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  public void close() throws IOException {
    socket.close();
  }
}
