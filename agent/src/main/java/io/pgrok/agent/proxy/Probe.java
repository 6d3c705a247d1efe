package io.pgrok.agent.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.pgrok.agent.status.Release;
import io.pgrok.protocol.relay.ByteStream;

/**
 * The agent's own answer, which proves that a public URL leads here. The private service is not
 * asked, and it is no visit.
 */
final class Probe {

  private static final byte[] ANSWER =
      """
      HTTP/1.1 204 No Content\r
      Pgrok-Agent: %s\r
      Cache-Control: no-store\r
      Connection: close\r
      \r
      """
          .formatted(Release.current())
          .getBytes(US_ASCII);

  private Probe() {}

  /** Whatever was asked: only the server sends probes, and it has looked at the request. */
  static void answer(ByteStream asker) {
    asker.write(Unpooled.wrappedBuffer(ANSWER));
    asker.flush();
    asker.close();
  }
}
