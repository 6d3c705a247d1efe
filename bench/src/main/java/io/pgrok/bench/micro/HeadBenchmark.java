package io.pgrok.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.http.HeadEnd;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A browser's request, from its bytes to what pgrokd needs to know of it. */
@State(Scope.Thread)
public class HeadBenchmark {

  private static final byte[] REQUEST =
      """
      GET /articles/2026/11/how-a-tunnel-works?from=feed HTTP/1.1\r
      Host: web.tunnels.example.com\r
      User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0\r
      Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r
      Accept-Language: en-US,en;q=0.5\r
      Accept-Encoding: gzip, deflate, br, zstd\r
      Cookie: session=5f0c1d0e7b6a4c0f; theme=dark\r
      Connection: keep-alive\r
      \r
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final ByteBuf bytes =
      PooledByteBufAllocator.DEFAULT.directBuffer(1024).writeBytes(REQUEST);

  @Benchmark
  public int find() throws BadHttpException {
    bytes.readerIndex(0);
    return new HeadEnd().find(bytes);
  }

  @Benchmark
  public @Nullable Framing read() throws BadHttpException {
    bytes.readerIndex(0);
    int length = new HeadEnd().find(bytes);
    Head head = Head.read(bytes, length, Head.Lines.STRICT);
    head.single("host");
    head.list("connection");
    return Framing.of(head);
  }

  @TearDown
  public void release() {
    bytes.release();
  }
}
