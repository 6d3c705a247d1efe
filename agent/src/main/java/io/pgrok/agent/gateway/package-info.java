/**
 * The HTTP-aware way to private services, for tunnels that change headers, whose paths lead to
 * different services, or whose service speaks HTTPS or HTTP/2. All others are raw relays and never
 * come here.
 *
 * <pre>
 *   visitor ─▶ RequestDecoder ─▶ Backends ─▶ HeaderRules ─▶ Service (HTTP/1.1, HTTPS or h2c) ─▶ private service
 *   visitor ◀─ ResponseEncoder ◀─ HeaderRules ◀─ ServiceHandler ◀──────────────────
 * </pre>
 *
 * <p>{@link io.pgrok.agent.gateway.Gateway} runs the exchanges of one visitor's stream, one after
 * the other; both directions of an exchange stream at once, so that gRPC works. What the visitor
 * sends is decoded only as the service takes it, and the service is read only as the visitor takes
 * it: what waits in between is one read's worth of bytes. After a 101 the two streams are joined
 * raw. Everything of one visitor happens on one event loop.
 */
@NullMarked
package io.pgrok.agent.gateway;

import org.jspecify.annotations.NullMarked;
