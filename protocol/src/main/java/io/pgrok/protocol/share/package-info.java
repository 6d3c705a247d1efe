/**
 * Links that let somebody into a tunnel for a time. Whoever holds the tunnel's share key makes
 * them, with no server asked; pgrokd checks them for each request. Pure JDK.
 */
@NullMarked
package io.pgrok.protocol.share;

import org.jspecify.annotations.NullMarked;
