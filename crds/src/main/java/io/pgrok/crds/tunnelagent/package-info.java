/** {@code TunnelAgent}: agents of a namespace's own, beside the shared one. */
@NullMarked
package io.pgrok.crds.tunnelagent;

import org.jspecify.annotations.NullMarked;
