/**
 * Where HTTP/1 messages end, and what their heads say, in bytes that come in pieces (RFC 9112).
 *
 * <pre>
 *   bytes ─▶ HeadEnd ─▶ Head ─▶ Framing ─▶ BodyScanner ─▶ the next message
 * </pre>
 *
 * <p>Nothing is copied but heads, of at most {@value io.pgrok.protocol.http.HeadEnd#MAX_LENGTH}
 * bytes: a {@link io.pgrok.protocol.http.BodyScanner} only counts. pgrokd routes with this, the
 * agent's inspector looks on with it.
 */
@NullMarked
package io.pgrok.protocol.http;

import org.jspecify.annotations.NullMarked;
