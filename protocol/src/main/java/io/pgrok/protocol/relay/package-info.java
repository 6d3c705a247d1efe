/** Copies bytes between two channels with backpressure. */
@NullMarked
package io.pgrok.protocol.relay;

import org.jspecify.annotations.NullMarked;
