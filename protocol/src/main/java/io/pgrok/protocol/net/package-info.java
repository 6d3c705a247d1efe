/** Addresses and networks, as configuration files and rules write them. Pure JDK. */
@NullMarked
package io.pgrok.protocol.net;

import org.jspecify.annotations.NullMarked;
