package io.pgrok.pgrokd.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.http.HeadEnd;
import java.net.InetAddress;
import java.util.List;

/** Requests of visitors, and what the private service gets to see of them. */
class RequestFuzz {

  private static final InetAddress PROXY = InetAddress.ofLiteral("10.0.0.1");
  private static final TrustedProxies TRUSTED = trusted();

  private static TrustedProxies trusted() {
    try {
      return TrustedProxies.parse(List.of("10.0.0.0/8"));
    } catch (StartupException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A request that is accepted means the same to the next party: the head that is passed on ends
   * where we say, and names the same method, target, host and framing.
   */
  @FuzzTest(maxDuration = "4s")
  void isPassedOnWithTheSameMeaning(byte[] bytes) throws Exception {
    RequestHead request;
    try {
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      int length = new HeadEnd().find(in);
      if (length < 0) {
        return;
      }
      request = RequestHead.of(Head.read(in, length, Head.Lines.STRICT));
    } catch (BadHttpException e) {
      assertThat(e.status()).isBetween(400, 505);
      return;
    }
    for (TrustedProxies proxies : List.of(TrustedProxies.NONE, TRUSTED)) {
      Origin origin = Origin.of(request, PROXY, Protocol.HTTPS, proxies);
      ByteBuf out = Forwarded.request(UnpooledByteBufAllocator.DEFAULT, request, origin);
      assertThat(new HeadEnd().find(out)).isEqualTo(out.readableBytes());
      RequestHead again = RequestHead.of(Head.read(out, out.readableBytes(), Head.Lines.STRICT));
      assertThat(again.method()).isEqualTo(request.method());
      assertThat(again.target()).isEqualTo(request.target());
      assertThat(again.authority()).isEqualToIgnoringCase(request.authority());
      assertThat(again.framing()).isEqualTo(request.framing());
      assertThat(again.upgrade()).isEqualTo(request.upgrade());
      // What limits and rules look at is an address, whatever a header says.
      InetAddress.ofLiteral(origin.visitor());
      assertThat(again.head().list("x-forwarded-for").getFirst()).isEqualTo(origin.visitor());
      out.release();
    }
  }
}
