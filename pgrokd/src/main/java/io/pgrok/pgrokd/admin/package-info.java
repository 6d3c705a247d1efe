/** What operators of a server see of it: health, metrics and listings, on a port of its own. */
@NullMarked
package io.pgrok.pgrokd.admin;

import org.jspecify.annotations.NullMarked;
