package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.ChunkScanner;
import java.util.Locale;
import java.util.Set;

/**
 * Looks at what a visitor sends behind a chunked body. Some services add it to the head that they
 * have acted upon already: nothing may come that says where the request ends, whom it is for, who
 * sends it or what he may do (RFC 9110 section 6.5.1).
 */
enum RequestTrailers implements ChunkScanner.Sink {
  INSTANCE;

  private static final Set<String> HEADS_ONLY =
      Set.of(
          "authorization",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "cookie",
          "expect",
          "host",
          "trailer",
          "transfer-encoding");

  @Override
  public void data(ByteBuf in, int from, int length) {}

  @Override
  public void trailer(String line) throws BadHttpException {
    String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT).replace('_', '-');
    if (HEADS_ONLY.contains(name) || Forwarded.isHopByHop(name) || Forwarded.isClaim(name)) {
      throw new BadHttpException("The header " + name + " must not come after the body.");
    }
  }
}
