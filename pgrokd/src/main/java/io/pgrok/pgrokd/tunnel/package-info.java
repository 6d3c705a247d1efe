/**
 * Tunnels: public names, and who carries the visitors of each.
 *
 * <p>A {@link io.pgrok.pgrokd.tunnel.PublicName} is what visitors address. A {@link
 * io.pgrok.pgrokd.tunnel.Tunnel} joins it to one {@link io.pgrok.pgrokd.tunnel.Carrier} or, where
 * sessions share a name, several; {@link io.pgrok.pgrokd.tunnel.StreamOpening} picks one for each
 * visitor. {@link io.pgrok.pgrokd.tunnel.TunnelRegistry} is the one place that says who holds which
 * name: an implementation for several servers would replace {@link
 * io.pgrok.pgrokd.tunnel.LocalRegistry} and nothing else.
 */
@NullMarked
package io.pgrok.pgrokd.tunnel;

import org.jspecify.annotations.NullMarked;
