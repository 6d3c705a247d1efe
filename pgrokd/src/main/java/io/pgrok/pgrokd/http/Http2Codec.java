package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.pgrok.protocol.http.HeadEnd;
import java.time.Duration;
import java.util.List;

/** Frames and flow control of one visitor's connection, with our limits. */
final class Http2Codec extends Http2ConnectionHandler {

  /** Requests at a time. */
  static final int MAX_STREAMS = 100;

  /** Bytes of a request's body that a visitor may send ahead of what its service takes. */
  static final int STREAM_WINDOW = 256 * 1024;

  /** Requests that a visitor may take back within {@link #RESET_SECONDS}, as rapid reset does. */
  static final int MAX_RESETS = 200;

  static final int RESET_SECONDS = 30;

  private final FrameBudget budget;

  private Http2Codec(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      FrameBudget budget) {
    super(decoder, encoder, settings);
    this.budget = budget;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (budget.isSpent()) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(ctx, in, out);
    }
  }

  /**
   * @param drain how long requests may go on once the connection is to end
   */
  static Http2Codec of(Http2FrameListener listener, Duration drain) {
    DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
    // RFC 9113 has given priorities up: each stream gets as much as the others.
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    return new Builder(connection, listener, drain).build();
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<Http2Codec, Builder> {

    private final FrameBudget budget;

    Builder(DefaultHttp2Connection connection, Http2FrameListener listener, Duration drain) {
      budget = new FrameBudget(connection);
      connection(connection);
      frameLogger(budget);
      frameListener(listener);
      initialSettings(
          Http2Settings.defaultSettings()
              .maxConcurrentStreams(MAX_STREAMS)
              .initialWindowSize(STREAM_WINDOW)
              .maxHeaderListSize(HeadEnd.MAX_LENGTH));
      validateRequiredPseudoHeaders(true);
      decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS);
      decoderEnforceMaxConsecutiveEmptyDataFrames(2);
      gracefulShutdownTimeoutMillis(drain.toMillis());
    }

    @Override
    protected Http2Codec build() {
      return super.build();
    }

    @Override
    protected Http2Codec build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new Http2Codec(decoder, encoder, settings, budget);
    }
  }
}
