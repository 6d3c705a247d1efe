/** From what a visitor asked for to the tunnel that serves it. */
@NullMarked
package io.pgrok.pgrokd.router;

import org.jspecify.annotations.NullMarked;
