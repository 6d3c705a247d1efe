package io.pgrok.pgrokd.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The last handler of a channel that changes to another event loop: keeps what comes meanwhile for
 * whoever takes the channel over there.
 */
final class Moving extends ChannelInboundHandlerAdapter {

  private final Queue<Object> early = new ArrayDeque<>();

  private Moving() {}

  /**
   * Moves a channel; call it on its event loop.
   *
   * @param onArrival adds the handler that goes on, on the new event loop. Not told when the
   *     connection is lost on the way
   */
  static void to(EventLoop loop, Channel channel, Consumer<Channel> onArrival) {
    if (loop.inEventLoop()) {
      onArrival.accept(channel);
      return;
    }
    Moving moving = new Moving();
    channel.pipeline().addLast("moving", moving);
    channel.config().setAutoRead(false);
    channel
        .deregister()
        .addListener(_ ->
            loop.register(channel)
                .addListener(arrived -> {
                  if (arrived.isSuccess()) {
                    onArrival.accept(channel);
                    channel.pipeline().remove(moving);
                  } else {
                    channel.close();
                  }
                }));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    early.add(message);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (!ctx.channel().isActive()) {
      early.forEach(ReferenceCountUtil::release);
      return;
    }
    early.forEach(ctx::fireChannelRead);
    ctx.fireChannelReadComplete();
  }
}
