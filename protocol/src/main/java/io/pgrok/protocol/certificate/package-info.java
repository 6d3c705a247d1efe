/**
 * Certificates that tunnels are served with, as the operator, agents and pgrokd have to understand
 * them alike.
 */
@NullMarked
package io.pgrok.protocol.certificate;

import org.jspecify.annotations.NullMarked;
