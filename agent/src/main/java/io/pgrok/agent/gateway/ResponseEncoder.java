package io.pgrok.agent.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.pgrok.protocol.relay.ByteStream;

/** Netty's response encoder, writing to a {@link ByteStream}. */
final class ResponseEncoder extends HttpResponseEncoder {

  private final EmbeddedChannel channel = new EmbeddedChannel(this);
  private final ByteStream visitor;
  private boolean head;

  ResponseEncoder(ByteStream visitor) {
    this.visitor = visitor;
  }

  /** Whether the next response answers a HEAD request. */
  void answersHead(boolean answersHead) {
    head = answersHead;
  }

  /** Takes the part over. */
  void write(HttpObject part) {
    channel.writeOutbound(part);
    for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
      visitor.write(bytes);
    }
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse response) {
    return head || super.isContentAlwaysEmpty(response);
  }

  void close() {
    channel.finishAndReleaseAll();
  }
}
