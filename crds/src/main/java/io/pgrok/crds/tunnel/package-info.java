/** {@code Tunnel}: one private service and the public name it gets. */
@NullMarked
package io.pgrok.crds.tunnel;

import org.jspecify.annotations.NullMarked;
