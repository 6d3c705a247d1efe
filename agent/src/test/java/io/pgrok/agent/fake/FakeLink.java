package io.pgrok.agent.fake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgrok.protocol.message.Message.RegLink;
import io.pgrok.protocol.message.Message.StartProxy;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;

/** The server's end of a link, frame by frame as the yamux specification has them. */
public record FakeLink(Socket socket, RegLink registered) {

  public static final int DATA = 0;
  public static final int WINDOW = 1;
  public static final int SYN = 1;
  public static final int FIN = 4;
  public static final int RST = 8;

  private static final int VISITOR = 16;
  private static final int HEADER = 12;

  /** A frame that the agent sent. */
  public record Frame(int type, int flags, int stream, int length, String payload) {}

  /** Opens a stream; the visitor's first bytes come along in the same TLS record. */
  public void open(int stream, String url, String firstBytes) throws IOException {
    ByteBuffer both = ByteBuffer.allocate(4096);
    put(both, DATA, SYN, stream, Wire.json(new StartProxy(url, "192.0.2.1:5000")));
    put(both, DATA, 0, stream, firstBytes.getBytes(UTF_8));
    write(both);
  }

  /** An idle stream goes on for another visitor. */
  public void visitor(int stream, String url, String address) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(4096);
    put(frame, VISITOR, 0, stream, Wire.json(new StartProxy(url, address)));
    write(frame);
  }

  public void send(int stream, String bytes) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(4096);
    put(frame, DATA, 0, stream, bytes.getBytes(UTF_8));
    write(frame);
  }

  /** A WINDOW frame, which is where the flags go. */
  public void flag(int stream, int flags) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(HEADER);
    header(frame, WINDOW, flags, stream, 0);
    write(frame);
  }

  private static void put(ByteBuffer out, int type, int flags, int stream, byte[] payload) {
    header(out, type, flags, stream, payload.length);
    out.put(payload);
  }

  private static void header(ByteBuffer out, int type, int flags, int stream, int length) {
    out.put((byte) 0).put((byte) type).putShort((short) flags).putInt(stream).putInt(length);
  }

  private void write(ByteBuffer bytes) throws IOException {
    socket.getOutputStream().write(bytes.array(), 0, bytes.position());
  }

  /** The next frame about this stream. */
  public Frame receive(int stream) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    while (true) {
      in.readByte();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedShort();
      int id = in.readInt();
      int length = in.readInt();
      String payload = type == DATA ? new String(in.readNBytes(length), UTF_8) : "";
      if (id == stream) {
        return new Frame(type, flags, id, length, payload);
      }
    }
  }

  /** This many bytes of the stream. */
  public String receive(int stream, int bytes) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      text.append(receive(stream).payload());
    }
    return text.toString();
  }

  public void close() throws IOException {
    socket.close();
  }
}
