/**
 * The multiplexed link: many visitors over few long-lived TLS connections (extension {@code mux}).
 *
 * <p>The agent dials a link and sends {@code RegLink}; from then on both sides speak the frames of
 * yamux (type, flags, stream, length; see {@link io.pgrok.protocol.mux.Frames}), with a smaller
 * first window. pgrokd opens a stream for a visitor; its first frame carries {@code StartProxy}, as
 * the first message of a classic proxy connection does, and what follows is raw. A visitor costs no
 * round trip and no TLS handshake.
 *
 * <pre>
 *   MuxLink     one per connection, last in its pipeline: reads frames, gathers writes of a turn
 *     MuxStream   one per visitor: a ByteStream with a window in each direction
 *       Inbox       what arrived and was not asked for yet; decides what window to give back
 * </pre>
 *
 * <p>Everything of a link happens on its channel's event loop. A stream that is not read stops its
 * sender after one window, and no other stream; a link that cannot be written stops all of its
 * streams, in turns.
 */
@NullMarked
package io.pgrok.protocol.mux;

import org.jspecify.annotations.NullMarked;
