/** Public names: which one a Tunnel asks for, and whose it is. */
@NullMarked
package io.pgrok.operator.name;

import org.jspecify.annotations.NullMarked;
