package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Follows one direction of a WebSocket (RFC 6455 section 5) and tells its messages; undoes {@code
 * permessage-deflate} (RFC 7692). Keeps the first {@value #MAX_PAYLOAD} bytes of each.
 */
final class WebSocketScanner {

  static final int MAX_PAYLOAD = 4 * 1024;

  private static final byte[] DEFLATE_TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
  private static final int CONTROL = 0x8;

  private final boolean fromVisitor;
  private final Consumer<WebSocketLog.Entry> sink;
  private final @Nullable Inflater inflater;
  private final byte[] header = new byte[14];
  private final byte[] scratch = new byte[8 * 1024];
  private boolean followed;
  private int headerLength;
  private int headerNeeded = 2;
  private long payloadLeft;
  private long payloadAt;
  private Message message = new Message(0, false);
  private Message control = new Message(0, false);

  /** What has come of a message. */
  private static final class Message {
    final int opcode;
    final boolean compressed;
    final ByteArrayOutputStream kept = new ByteArrayOutputStream(64);
    long size;

    Message(int opcode, boolean compressed) {
      this.opcode = opcode;
      this.compressed = compressed;
    }

    void add(byte[] bytes, int length) {
      size += length;
      kept.write(bytes, 0, Math.min(length, MAX_PAYLOAD - kept.size()));
    }
  }

  /**
   * @param followed false for another protocol than WebSocket, of which nothing is told
   * @param deflated whether messages may be compressed
   */
  WebSocketScanner(
      boolean fromVisitor, boolean followed, boolean deflated, Consumer<WebSocketLog.Entry> sink) {
    this.fromVisitor = fromVisitor;
    this.followed = followed;
    this.sink = sink;
    this.inflater = deflated && followed ? new Inflater(true) : null;
  }

  /** Looks at the readable bytes, which it consumes from this view of them. */
  void scan(ByteBuf in) {
    while (followed && in.isReadable()) {
      if (headerLength < headerNeeded) {
        header[headerLength++] = in.readByte();
        if (headerLength == 2) {
          headerNeeded = headerSize();
        }
        if (headerLength == headerNeeded) {
          frameBegins();
        }
      } else {
        payload(in);
      }
    }
  }

  private int headerSize() {
    int length = header[1] & 0x7f;
    int extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    return 2 + extended + (isMasked() ? 4 : 0);
  }

  private boolean isMasked() {
    return (header[1] & 0x80) != 0;
  }

  private int opcode() {
    return header[0] & 0x0f;
  }

  private boolean isControl() {
    return opcode() >= CONTROL;
  }

  private void frameBegins() {
    int length = header[1] & 0x7f;
    payloadLeft = length;
    if (length >= 126) {
      payloadLeft = 0;
      for (int i = 2; i < (length == 126 ? 4 : 10); i++) {
        payloadLeft = payloadLeft << 8 | (header[i] & 0xff);
      }
    }
    payloadAt = 0;
    if (payloadLeft < 0) {
      close();
      return;
    }
    if (isControl()) {
      control = new Message(opcode(), false);
    } else if (opcode() != 0) {
      message = new Message(opcode(), inflater != null && (header[0] & 0x40) != 0);
    }
    if (payloadLeft == 0) {
      frameEnds();
    }
  }

  private void payload(ByteBuf in) {
    int length = (int) Math.min(Math.min(payloadLeft, in.readableBytes()), scratch.length);
    in.readBytes(scratch, 0, length);
    if (isMasked()) {
      for (int i = 0; i < length; i++) {
        scratch[i] ^= header[headerNeeded - 4 + (int) ((payloadAt + i) & 3)];
      }
    }
    payloadAt += length;
    payloadLeft -= length;
    if (isControl()) {
      control.add(scratch, length);
    } else {
      data(scratch, length);
    }
    if (payloadLeft == 0) {
      frameEnds();
    }
  }

  private void data(byte[] bytes, int length) {
    if (!message.compressed || inflater == null) {
      message.add(bytes, length);
      return;
    }
    inflater.setInput(bytes, 0, length);
    byte[] out = new byte[8 * 1024];
    try {
      for (int n = inflater.inflate(out); n > 0; n = inflater.inflate(out)) {
        message.add(out, n);
      }
    } catch (DataFormatException e) {
      close();
    }
  }

  private void frameEnds() {
    boolean last = (header[0] & 0x80) != 0;
    Message done = isControl() ? control : message;
    if (last && done.compressed) {
      data(DEFLATE_TAIL, DEFLATE_TAIL.length);
    }
    headerLength = 0;
    headerNeeded = 2;
    if (last && followed) {
      sink.accept(
          new WebSocketLog.Entry(
              System.currentTimeMillis(),
              fromVisitor,
              done.opcode,
              done.size,
              done.kept.toByteArray()));
    }
  }

  /** Gives the memory back; nothing is followed any further. */
  void close() {
    followed = false;
    if (inflater != null) {
      inflater.end();
    }
  }
}
