/**
 * Streams of bytes and their joining, with backpressure.
 *
 * <p>{@link io.pgrok.protocol.relay.ByteStream} is the seam between those who carry bytes and those
 * who understand them: {@link io.pgrok.protocol.relay.ChannelStream} makes one of a Netty channel;
 * {@link io.pgrok.protocol.mux.MuxStream} is another. {@link io.pgrok.protocol.relay.Relay} joins
 * two. {@link io.pgrok.protocol.relay.Confined} brings a stream's events onto another event loop,
 * and {@link io.pgrok.protocol.relay.ForwardingStream} is the base of those that only look on.
 *
 * <p>Reads are demand-driven: nothing is read that was not asked for, so a slow reader on one side
 * stops the reads on the other, and what waits in between is one read's worth of bytes.
 */
@NullMarked
package io.pgrok.protocol.relay;

import org.jspecify.annotations.NullMarked;
