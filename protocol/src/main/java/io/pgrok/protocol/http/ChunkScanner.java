package io.pgrok.protocol.http;

import io.netty.buffer.ByteBuf;

/**
 * Finds the end of a chunked body (RFC 9112 section 7.1), byte by byte in the lines, in strides in
 * the data. Every line must end in CRLF and carry no control characters; the size is hexadecimal
 * and nothing else.
 */
public final class ChunkScanner implements BodyScanner {

  /** Longest line of a size with its extensions. */
  public static final int MAX_SIZE_LINE = 256;

  /** Digits that surely fit a long. */
  private static final int MAX_DIGITS = 15;

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER,
    TRAILER_LF,
    END_LF,
    DONE
  }

  /** Hears what is in the chunks, for whoever frames the body in another way. */
  public interface Sink {

    /**
     * Data of a chunk, to be read at once or retained.
     *
     * @param from index in {@code in}
     */
    void data(ByteBuf in, int from, int length);

    /**
     * A line of the trailers, without its end.
     *
     * @throws BadHttpException when it must not be there
     */
    void trailer(String line) throws BadHttpException;
  }

  private static final Sink NOBODY =
      new Sink() {
        @Override
        public void data(ByteBuf in, int from, int length) {}

        @Override
        public void trailer(String line) {}
      };

  private final Sink sink;
  private final StringBuilder trailer = new StringBuilder(0);
  private State state = State.SIZE;
  private long left;
  private int digits;
  private int lineLength;
  private int trailerLength;

  public ChunkScanner() {
    this(NOBODY);
  }

  public ChunkScanner(Sink sink) {
    this.sink = sink;
  }

  @Override
  public boolean isDone() {
    return state == State.DONE;
  }

  @Override
  public int scan(ByteBuf in) throws BadHttpException {
    int start = in.readerIndex();
    int end = in.writerIndex();
    int at = start;
    while (at < end && state != State.DONE) {
      if (state == State.DATA) {
        int taken = (int) Math.min(left, end - at);
        sink.data(in, at, taken);
        left -= taken;
        at += taken;
        if (left == 0) {
          state = State.DATA_CR;
        }
      } else {
        step(in.getByte(at++));
      }
    }
    return at - start;
  }

  private void step(byte b) throws BadHttpException {
    switch (state) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> {
        require(b, '\n');
        state = left == 0 ? State.TRAILER_START : State.DATA;
        digits = 0;
        lineLength = 0;
      }
      case DATA_CR -> {
        require(b, '\r');
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        require(b, '\n');
        state = State.SIZE;
      }
      case TRAILER_START -> {
        state = b == '\r' ? State.END_LF : trailerName(b);
        if (b == ':') {
          throw new BadHttpException("A trailer has no valid name.");
        }
      }
      case TRAILER_NAME -> state = trailerName(b);
      case TRAILER -> state = b == '\r' ? State.TRAILER_LF : trailer(b);
      case TRAILER_LF -> {
        require(b, '\n');
        sink.trailer(trailer.toString());
        trailer.setLength(0);
        state = State.TRAILER_START;
      }
      case END_LF -> {
        require(b, '\n');
        state = State.DONE;
      }
      case DATA, DONE -> throw new IllegalStateException(state.name());
    }
  }

  private void size(byte b) throws BadHttpException {
    int digit = Character.digit(b, 16);
    if (digit >= 0) {
      if (++digits > MAX_DIGITS) {
        throw new BadHttpException("A chunk is too large.");
      }
      left = left * 16 + digit;
    } else if (digits > 0 && b == '\r') {
      state = State.SIZE_LF;
    } else if (digits > 0 && b == ';') {
      state = State.EXTENSION;
    } else {
      throw new BadHttpException("The size of a chunk is not a hexadecimal number.");
    }
  }

  private void extension(byte b) throws BadHttpException {
    if (b == '\r') {
      state = State.SIZE_LF;
    } else if (++lineLength > MAX_SIZE_LINE || isControl(b)) {
      throw new BadHttpException("The extension of a chunk is too long or not text.");
    }
  }

  private State trailerName(byte b) throws BadHttpException {
    if (b != ':' && !Head.isTokenCharacter(b)) {
      throw new BadHttpException("A trailer has no valid name.");
    }
    trailer(b);
    return b == ':' ? State.TRAILER : State.TRAILER_NAME;
  }

  private State trailer(byte b) throws BadHttpException {
    if (++trailerLength > HeadEnd.MAX_LENGTH || isControl(b)) {
      throw new BadHttpException("The trailers are too long or not text.");
    }
    if (sink != NOBODY) {
      trailer.append((char) (b & 0xff));
    }
    return State.TRAILER;
  }

  private static boolean isControl(byte b) {
    return (b >= 0 && b < ' ' && b != '\t') || b == 0x7f;
  }

  private static void require(byte b, char expected) throws BadHttpException {
    if (b != expected) {
      throw new BadHttpException("A chunk does not end where it should.");
    }
  }
}
