/**
 * {@code ./quickstart}: from nothing to a page fetched through a public URL, each step said with
 * its time and each command printed as it could be typed.
 */
@NullMarked
package io.pgrok.e2e.quickstart;

import org.jspecify.annotations.NullMarked;
