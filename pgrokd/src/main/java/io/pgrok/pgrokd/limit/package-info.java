/**
 * Counts of what is in use, against which limits are held: {@link
 * io.pgrok.pgrokd.limit.AddressCount} for a visitor's address, {@link io.pgrok.pgrokd.limit.Quota}
 * for a token's name. They decide nothing about whom to tell and how.
 */
@NullMarked
package io.pgrok.pgrokd.limit;

import org.jspecify.annotations.NullMarked;
