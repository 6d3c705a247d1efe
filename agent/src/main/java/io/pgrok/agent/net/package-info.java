/**
 * The ways out: event loops, name look-ups, TLS to the server.
 *
 * <p>Names are looked up anew for each dial, on virtual threads, so that neither a slow resolver
 * stops the event loops nor a server that moved is missed.
 */
@NullMarked
package io.pgrok.agent.net;

import org.jspecify.annotations.NullMarked;
