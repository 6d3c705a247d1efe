package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.pgrok.protocol.http.BodyScanner;
import io.pgrok.protocol.http.ChunkScanner;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers of HTTP/1 as those of HTTP/2. */
final class Http2Answer {

  private Http2Answer() {}

  static Http2Headers headers(ResponseHead response) {
    Http2Headers headers = new DefaultHttp2Headers(false, response.head().fields().size() + 1);
    headers.status(Integer.toString(response.status()));
    for (Head.Field field : response.head().fields()) {
      if (Forwarded.isPassedOn(field, response)
          && !field.is("transfer-encoding")
          && !field.is("trailer")) {
        headers.add(
            field.lowerName(),
            field.is("content-length") && response.framing() instanceof Framing.Length(long bytes)
                ? Long.toString(bytes)
                : field.value());
      }
    }
    return headers;
  }

  /**
   * @param length of the body, in bytes
   */
  static Http2Headers headers(Answer answer, Answer.Format format, int length) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    headers.status(Integer.toString(answer.status()));
    headers.add("content-type", format.contentType);
    headers.addInt("content-length", length);
    headers.add("cache-control", "no-store");
    answer.fields().forEach((name, value) -> headers.add(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  /** A body without HTTP/1's framing. */
  static final class Body implements ChunkScanner.Sink {

    private final Consumer<ByteBuf> data;
    private final @Nullable BodyScanner chunks;
    private @Nullable Http2Headers trailers;

    /**
     * @param data gets the bytes
     */
    Body(Framing framing, Consumer<ByteBuf> data) {
      this.data = data;
      this.chunks = framing instanceof Framing.Chunked ? new ChunkScanner(this) : null;
    }

    /** Takes over a part that has been found well-formed. */
    void part(ByteBuf framed) {
      if (chunks == null) {
        data.accept(framed);
        return;
      }
      try {
        chunks.scan(framed);
      } catch (io.pgrok.protocol.http.BadHttpException e) {
        throw new IllegalStateException("the exchange has scanned this before", e);
      } finally {
        framed.release();
      }
    }

    @Override
    public void data(ByteBuf in, int from, int length) {
      data.accept(in.retainedSlice(from, length));
    }

    @Override
    public void trailer(String line) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      // HTTP/2 calls the whole answer malformed over one of these.
      if (!Forwarded.isHopByHop(name) && !name.equals("transfer-encoding")) {
        if (trailers == null) {
          trailers = new DefaultHttp2Headers(false);
        }
        trailers.add(name, line.substring(colon + 1).strip());
      }
    }

    /** What came after the body; null for nothing. */
    @Nullable Http2Headers trailers() {
      return trailers;
    }
  }
}
