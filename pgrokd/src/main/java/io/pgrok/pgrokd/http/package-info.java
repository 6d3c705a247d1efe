/**
 * HTTP/1 between a visitor and the tunnels, request by request.
 *
 * <pre>
 *   visitor bytes ─▶ HeadEnd ─▶ Head ─▶ RequestHead ─▶ Router ─▶ Exchange ─▶ upstream
 *   visitor       ◀─ ResponseHead ◀─ Head ◀─ HeadEnd ◀─────────── Exchange ◀─ upstream
 * </pre>
 *
 * <p>{@link io.pgrok.pgrokd.http.HttpVisitor} owns a visitor's connection and one {@link
 * io.pgrok.pgrokd.http.Exchange} at a time. Only heads are read into memory, at most {@value
 * io.pgrok.protocol.http.HeadEnd#MAX_LENGTH} bytes; bodies pass through as the slices they came in,
 * and a {@link io.pgrok.protocol.http.BodyScanner} counts where they end. Requests are taken
 * strictly, so that the private service and we never disagree about where one ends (RFC 9112).
 * Everything of a visitor happens on the event loop of its connection.
 */
@NullMarked
package io.pgrok.pgrokd.http;

import org.jspecify.annotations.NullMarked;
