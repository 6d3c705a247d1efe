package io.pgrok.protocol.http;

import io.netty.buffer.ByteBuf;

/** Says how far a body reaches into the bytes that come in. */
public sealed interface BodyScanner permits BodyScanner.Counted, BodyScanner.Endless, ChunkScanner {

  static BodyScanner of(Framing framing) {
    return switch (framing) {
      case Framing.None _ -> new Counted(0);
      case Framing.Length length -> new Counted(length.bytes());
      case Framing.Chunked _ -> new ChunkScanner();
      case Framing.UntilClose _ -> new Endless();
    };
  }

  /**
   * Counts without consuming.
   *
   * @return how many of the readable bytes belong to the body
   * @throws BadHttpException when they cannot
   */
  int scan(ByteBuf in) throws BadHttpException;

  /** Whether the body is complete. */
  boolean isDone();

  /** A body of known length. */
  final class Counted implements BodyScanner {
    private long left;

    Counted(long length) {
      this.left = length;
    }

    @Override
    public int scan(ByteBuf in) {
      int taken = (int) Math.min(left, in.readableBytes());
      left -= taken;
      return taken;
    }

    @Override
    public boolean isDone() {
      return left == 0;
    }
  }

  /** A body that the connection's end ends. */
  final class Endless implements BodyScanner {
    @Override
    public int scan(ByteBuf in) {
      return in.readableBytes();
    }

    @Override
    public boolean isDone() {
      return false;
    }
  }
}
