package io.pgrok.protocol.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** How a stream's end is told, and to whom it comes late. */
class ChannelStreamTest {

  private final List<String> told = new ArrayList<>();

  @Test
  void whatEndedBeforeAnybodyListenedIsToldInOrder() {
    EmbeddedChannel channel = new EmbeddedChannel();
    ChannelStream stream = ChannelStream.over(channel);
    channel.writeInbound(text("all of it"));
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    channel.close();

    stream.listen(new Recording());

    assertThat(told).containsExactly("all of it", "readComplete", "FINISHED", "BROKEN");
    channel.finishAndReleaseAll();
  }

  @Test
  void aConnectionThatGoesAwayAfterCloseNotifyHasFinished() throws Exception {
    SslHandler tls = tlsClient();
    EmbeddedChannel channel = new EmbeddedChannel(tls);
    ChannelStream stream = ChannelStream.over(channel);
    ChannelHandlerContext decrypted = channel.pipeline().context(tls);
    decrypted.fireChannelRead(text("all of it"));
    decrypted.fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
    channel.close();

    stream.listen(new Recording());

    assertThat(told).containsExactly("all of it", "readComplete", "FINISHED");
    channel.finishAndReleaseAll();
  }

  @Test
  void aTlsConnectionThatGoesAwayWithoutCloseNotifyIsBroken() throws Exception {
    SslHandler tls = tlsClient();
    EmbeddedChannel channel = new EmbeddedChannel(tls);
    ChannelStream.over(channel).listen(new Recording());
    channel.close();

    assertThat(told).containsExactly("BROKEN");
    channel.finishAndReleaseAll();
  }

  private static SslHandler tlsClient() throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    return new SslHandler(engine);
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private final class Recording implements ByteStream.Listener {
    @Override
    public void bytes(ByteBuf bytes) {
      told.add(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
    }

    @Override
    public void readComplete() {
      told.add("readComplete");
    }

    @Override
    public void writable() {}

    @Override
    public void end(ByteStream.End end) {
      told.add(end.name());
    }
  }
}
