package io.pgrok.protocol.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.protocol.message.MalformedMessageException;
import org.jspecify.annotations.Nullable;

/**
 * Takes a link's bytes apart. Payloads are handed on as they come, whole or not; only headers and
 * StartProxy messages are put together first.
 */
final class FrameReader {

  private final MuxLink link;
  private final ByteBuf header = Unpooled.buffer(Frames.HEADER, Frames.HEADER);

  private int type;
  private int flags;
  private int stream;

  /** What is missing of the payload of the frame at hand. */
  private int left;

  /** The StartProxy at hand, null while the payload is plain data. */
  private byte @Nullable [] start;

  FrameReader(MuxLink link) {
    this.link = link;
  }

  /** Takes over the bytes. */
  void read(ByteBuf bytes) throws MalformedMessageException {
    try {
      while (bytes.isReadable()) {
        if (left > 0) {
          payload(bytes);
        } else {
          header.writeBytes(bytes, Math.min(header.writableBytes(), bytes.readableBytes()));
          if (!header.isWritable()) {
            begin();
          }
        }
      }
    } finally {
      bytes.release();
    }
  }

  void release() {
    header.release();
  }

  private void begin() throws MalformedMessageException {
    int version = header.readUnsignedByte();
    type = header.readUnsignedByte();
    flags = header.readUnsignedShort();
    stream = header.readInt();
    int length = header.readInt();
    header.clear();
    if (version != Frames.VERSION || length < 0) {
      throw new MalformedMessageException("the frames are not those of a link");
    }
    switch (type) {
      case Frames.DATA -> {
        if ((flags & ~Frames.SYN) != 0) {
          throw new MalformedMessageException("a data frame has flags " + flags);
        }
        expect(length, (flags & Frames.SYN) != 0);
      }
      case Frames.VISITOR -> expect(length, true);
      case Frames.WINDOW -> link.windowReceived(stream, flags, length);
      case Frames.PING -> link.pingReceived(flags, length);
      case Frames.GO_AWAY -> {
        // The peer closes the connection itself once it is ready to.
      }
      default -> throw new MalformedMessageException("unknown frame type " + type);
    }
  }

  private void expect(int length, boolean isStart) throws MalformedMessageException {
    if (isStart && (length == 0 || length > Frames.LONGEST_START)) {
      throw new MalformedMessageException("a StartProxy of %d bytes".formatted(length));
    }
    left = length;
    start = isStart ? new byte[length] : null;
  }

  private void payload(ByteBuf bytes) throws MalformedMessageException {
    int length = Math.min(left, bytes.readableBytes());
    byte[] json = start;
    if (json == null) {
      left -= length;
      link.dataReceived(stream, bytes.readRetainedSlice(length));
      return;
    }
    bytes.readBytes(json, json.length - left, length);
    left -= length;
    if (left == 0) {
      start = null;
      link.startReceived(type, stream, json);
    }
  }
}
