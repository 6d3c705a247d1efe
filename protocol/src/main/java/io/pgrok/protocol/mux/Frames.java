package io.pgrok.protocol.mux;

import io.netty.buffer.ByteBuf;

/**
 * The frame header, 12 bytes, big-endian, as in the yamux specification:
 *
 * <pre>
 *   version 0 (8 bits) | type (8) | flags (16) | stream (32) | length (32)
 * </pre>
 *
 * {@code length} counts the payload of {@link #DATA} and {@link #VISITOR}, is the credit of {@link
 * #WINDOW}, an opaque number of {@link #PING} and a reason of {@link #GO_AWAY}. Ours is {@link
 * #VISITOR}, and a first window of {@value #FIRST_WINDOW} bytes instead of 256 KiB.
 */
final class Frames {

  static final int HEADER = 12;
  static final int VERSION = 0;

  static final int DATA = 0;
  static final int WINDOW = 1;
  static final int PING = 2;
  static final int GO_AWAY = 3;

  /** An idle stream goes on for another visitor: the payload is a StartProxy, as JSON. */
  static final int VISITOR = 16;

  static final int SYN = 1;
  static final int ACK = 2;
  static final int FIN = 4;
  static final int RST = 8;

  /** What a sender may send before the first credit, in bytes, each direction. */
  static final int FIRST_WINDOW = 64 << 10;

  /** How far a window grows while its reader keeps up. */
  static final int LARGEST_WINDOW = 1 << 20;

  /** Longest payload that is sent in one frame, so that streams take turns. */
  static final int LONGEST_DATA = 64 << 10;

  /** Longest StartProxy that is accepted. */
  static final int LONGEST_START = 8 << 10;

  private Frames() {}

  static void header(ByteBuf out, int type, int flags, int stream, int length) {
    out.writeInt((VERSION << 24) | (type << 16) | flags).writeInt(stream).writeInt(length);
  }
}
