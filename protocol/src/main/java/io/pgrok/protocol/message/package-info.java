/** The messages of the wire protocol and their JSON form. No Netty here. */
@NullMarked
package io.pgrok.protocol.message;

import org.jspecify.annotations.NullMarked;
