/** How long a Tunnel stays open: {@code ttl}, {@code idleAfter} and the annotation that extends. */
@NullMarked
package io.pgrok.operator.lifetime;

import org.jspecify.annotations.NullMarked;
