/**
 * Copies bytes between two channels, both ways, until both directions have ended.
 *
 * <p>{@link io.pgrok.protocol.relay.Relay#join} puts a {@code RelayHandler} at the end of each
 * channel's pipeline. Each side reads only while the other is writable, so that a slow reader stops
 * the sender and what is buffered stays bounded. Between two TCP channels the end of one direction
 * is passed on while the other goes on. TLS has no such half: where one of the channels is TLS, the
 * end of one direction closes both in order, after what was under way has left. A side that breaks
 * off breaks the other one off, so that nobody takes half an answer for a whole one.
 */
@NullMarked
package io.pgrok.protocol.relay;

import org.jspecify.annotations.NullMarked;
