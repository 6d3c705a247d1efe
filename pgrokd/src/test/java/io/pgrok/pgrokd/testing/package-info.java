/**
 * What tests of a whole server are made of: a server, an agent of the classic protocol, visitors.
 */
@NullMarked
package io.pgrok.pgrokd.testing;

import org.jspecify.annotations.NullMarked;
