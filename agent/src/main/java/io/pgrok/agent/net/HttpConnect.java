package io.pgrok.agent.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.HttpProxy;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Asks an HTTP proxy for a connection to the server, then leaves the pipeline to the handler that
 * speaks with the server. That one is added only when the way is free, so that it needs to know
 * nothing of the proxy.
 */
final class HttpConnect extends ByteToMessageDecoder {

  /** A proxy's answer that is longer is none. */
  private static final int MAX_HEAD = 16 * 1024;

  private static final int TIMEOUT_SECONDS = 10;

  private static final byte[] END = "\r\n\r\n".getBytes(US_ASCII);

  private final HttpProxy proxy;
  private final HostPort server;
  private final ChannelHandler next;
  private final Promise<Channel> through;

  HttpConnect(HttpProxy proxy, HostPort server, ChannelHandler next, Promise<Channel> through) {
    this.proxy = proxy;
    this.server = server;
    this.next = next;
    this.through = through;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    Future<?> timeout =
        ctx.executor()
            .schedule(
                () ->
                    failed(
                        ctx,
                        new IOException("the proxy %s does not answer".formatted(proxy.address()))),
                TIMEOUT_SECONDS,
                TimeUnit.SECONDS);
    through.addListener(done -> timeout.cancel(false));
    StringBuilder request = new StringBuilder();
    request.append("CONNECT ").append(server).append(" HTTP/1.1\r\nHost: ").append(server);
    String authorization = proxy.authorization();
    if (authorization != null) {
      request.append("\r\nProxy-Authorization: ").append(authorization);
    }
    request.append("\r\n\r\n");
    ctx.writeAndFlush(Unpooled.copiedBuffer(request, US_ASCII));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws IOException {
    int end = indexOfEnd(in);
    if (end < 0) {
      if (in.readableBytes() > MAX_HEAD) {
        throw new IOException("the proxy %s answered no HTTP".formatted(proxy.address()));
      }
      return;
    }
    String head = in.readCharSequence(end - in.readerIndex() + END.length, US_ASCII).toString();
    if (!head.matches("(?s)HTTP/1\\.[01] 2\\d\\d.*")) {
      String line = head.substring(0, head.indexOf('\r')).replaceAll("\\P{Print}", "?");
      throw new IOException(
          "the proxy %s refused the way to %s: %s".formatted(proxy.address(), server, line));
    }
    ctx.pipeline().addLast(next);
    ctx.pipeline().remove(this);
    through.trySuccess(ctx.channel());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    failed(ctx, new IOException("the proxy %s closed the connection".formatted(proxy.address())));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed(
        ctx,
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause);
  }

  private void failed(ChannelHandlerContext ctx, Throwable cause) {
    through.tryFailure(cause);
    ctx.close();
  }

  private static int indexOfEnd(ByteBuf in) {
    for (int i = in.readerIndex(); i <= in.writerIndex() - END.length; i++) {
      if (in.getByte(i) == END[0]
          && in.getByte(i + 1) == END[1]
          && in.getByte(i + 2) == END[2]
          && in.getByte(i + 3) == END[3]) {
        return i;
      }
    }
    return -1;
  }
}
