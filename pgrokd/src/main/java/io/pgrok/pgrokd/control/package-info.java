/**
 * Sessions with agents, over their control connections.
 *
 * <pre>
 *   Auth ──▶ Admission ──▶ Session ──▶ ended
 *            refused        registers and closes tunnels, answers pings,
 *            (AuthResp)     asks for proxy connections, is reaped when silent
 * </pre>
 *
 * {@link io.pgrok.pgrokd.control.Sessions} admits agents and knows who is there; {@link
 * io.pgrok.pgrokd.control.ControlHandler} is the Netty edge of one session; {@link
 * io.pgrok.pgrokd.control.Registrar} turns a ReqTunnel into tunnels.
 */
@NullMarked
package io.pgrok.pgrokd.control;

import org.jspecify.annotations.NullMarked;
