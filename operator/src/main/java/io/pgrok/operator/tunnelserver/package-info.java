/** TunnelServers: how agents reach them, and whether they do. */
@NullMarked
package io.pgrok.operator.tunnelserver;

import org.jspecify.annotations.NullMarked;
