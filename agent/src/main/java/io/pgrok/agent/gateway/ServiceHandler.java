package io.pgrok.agent.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;

/** Tells what a private service does with one exchange, once each, until it is over. */
final class ServiceHandler extends ChannelInboundHandlerAdapter {

  static final String NAME = "exchange";

  /** Hears of it on the channel's event loop. */
  interface Listener {
    /** A part of the response, whose ownership passes to the listener. */
    void response(HttpObject part);

    /** What was asked for has been delivered. */
    void responseDelivered();

    /** The service takes more of the request again. */
    void serviceWritable();

    /** The service is gone; nothing more comes. */
    void serviceEnded();
  }

  private final Listener listener;
  private boolean over;

  ServiceHandler(Listener listener) {
    this.listener = listener;
  }

  /** Nothing more is told. */
  void leave() {
    over = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!over && message instanceof HttpObject part) {
      listener.response(part);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!over) {
      listener.responseDelivered();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!over && ctx.channel().isWritable()) {
      listener.serviceWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end();
    ctx.close();
  }

  private void end() {
    if (!over) {
      over = true;
      listener.serviceEnded();
    }
  }
}
