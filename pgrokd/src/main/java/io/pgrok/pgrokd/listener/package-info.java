/**
 * The ports of this server, and what each pipeline is made of: {@link
 * io.pgrok.pgrokd.listener.TunnelPort} for agents, {@link io.pgrok.pgrokd.listener.WebPort} for
 * visitors of HTTP and HTTPS tunnels, {@link io.pgrok.pgrokd.listener.TcpPorts} for those of TCP
 * tunnels. {@link io.pgrok.pgrokd.listener.Transport} chooses how sockets and TLS are done.
 */
@NullMarked
package io.pgrok.pgrokd.listener;

import org.jspecify.annotations.NullMarked;
