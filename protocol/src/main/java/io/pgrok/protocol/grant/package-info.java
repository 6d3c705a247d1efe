/**
 * What an identity may claim on a server: names, ports and amounts.
 *
 * <p>Written by people into pgrokd's token file, by the operator into the tokens that it signs, and
 * enforced by pgrokd; one type, so that all three mean the same.
 */
@NullMarked
package io.pgrok.protocol.grant;

import org.jspecify.annotations.NullMarked;
