/** Frames: an 8-byte little-endian length and JSON, as Netty handlers. */
@NullMarked
package io.pgrok.protocol.frame;

import org.jspecify.annotations.NullMarked;
