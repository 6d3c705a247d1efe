package io.pgrok.pgrokd.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import io.pgrok.pgrokd.config.TrustedProxies;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who a new connection to a public port is from: its peer, or whom a trusted peer names
 * in a PROXY protocol header.
 *
 * @param balancers peers that begin each connection with such a header; none: nobody does. What
 *     others send that looks like one is theirs, and no header
 * @param patience for a header
 */
public record Arrivals(TrustedProxies balancers, Duration patience) {

  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  /**
   * Goes on once the visitor's address is known, on the channel's event loop; closes the channel
   * when it cannot be. Nothing has been read of what follows.
   */
  void identify(Channel channel, Consumer<InetSocketAddress> next) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
      channel.close(); // gone before it was accepted
    } else if (balancers.contains(peer.getAddress())) {
      channel.pipeline().addLast("proxy-header", new Reader(peer, next));
      channel.read();
    } else {
      next.accept(peer);
    }
  }

  private final class Reader extends ByteToMessageDecoder {

    private final InetSocketAddress peer;
    private final Consumer<InetSocketAddress> next;
    private @Nullable Future<?> timeout;

    Reader(InetSocketAddress peer, Consumer<InetSocketAddress> next) {
      this.peer = peer;
      this.next = next;
      setSingleDecode(true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      timeout =
          ctx.executor()
              .schedule(
                  () -> refuse(ctx, "no PROXY protocol header in time"),
                  patience.toMillis(),
                  TimeUnit.MILLISECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
      if (timeout != null) {
        timeout.cancel(false);
      }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      switch (ProxyHeader.read(in)) {
        case ProxyHeader.Incomplete _ -> {}
        case ProxyHeader.Malformed _ -> {
          in.skipBytes(in.readableBytes());
          refuse(ctx, "no PROXY protocol header");
        }
        case ProxyHeader.Complete(int length, InetSocketAddress source) -> {
          in.skipBytes(length);
          next.accept(source == null ? peer : source);
          ctx.pipeline().remove(this); // what follows goes to the handlers that are there now
        }
      }
    }

    private void refuse(ChannelHandlerContext ctx, String reason) {
      LOG.warn("connection refused peer={} reason=\"{}\" (-proxyProtocol)", peer, reason);
      ctx.close();
    }
  }
}
