/** Files that are read again when they change: certificates, keys, tokens. */
@NullMarked
package io.pgrok.pgrokd.reload;

import org.jspecify.annotations.NullMarked;
