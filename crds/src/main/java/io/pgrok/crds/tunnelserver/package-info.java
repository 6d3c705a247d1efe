/** {@code TunnelServer}: a pgrokd that Tunnels can be published on. */
@NullMarked
package io.pgrok.crds.tunnelserver;

import org.jspecify.annotations.NullMarked;
