package io.pgrok.pgrokd.testing;

import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.MessageJson;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/** A connection to the tunnel port, in blocking calls. Nothing waits longer than 20 s. */
public final class Wire implements Closeable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Socket raw;
  private final SSLSocket socket;

  private Wire(Socket raw, SSLSocket socket) {
    this.raw = raw;
    this.socket = socket;
  }

  public static Wire connect(int port) throws IOException {
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), port);
    raw.setTcpNoDelay(true);
    SSLSocket socket =
        (SSLSocket)
            TestServer.trust().getSocketFactory().createSocket(raw, "localhost", port, true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.startHandshake();
    return new Wire(raw, socket);
  }

  public synchronized void send(Message message) throws IOException {
    byte[] json = MessageJson.write(message);
    sendBytes(frame(json.length, json));
  }

  /** A frame whose announced length need not be true. */
  public static byte[] frame(long length, byte[] content) {
    return ByteBuffer.allocate(8 + content.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(content)
        .array();
  }

  public synchronized void sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** The next message. */
  public Message receive() throws Exception {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] length = new byte[8];
    in.readFully(length);
    int size = (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] json = new byte[size];
    in.readFully(json);
    return MessageJson.read(json);
  }

  /** The next message of one kind; others in between are dropped. */
  public <T extends Message> T receive(Class<T> type) throws Exception {
    while (true) {
      Message message = receive();
      if (type.isInstance(message)) {
        return type.cast(message);
      }
    }
  }

  /** Whether the server has closed, whatever it said before. */
  public boolean isClosedByServer() throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // Said before it closed.
      }
      return true;
    } catch (EOFException e) {
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // a reset
    }
  }

  public Socket socket() {
    return socket;
  }

  /** What a killed process leaves: no goodbye of TLS. */
  public void kill() throws IOException {
    raw.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
