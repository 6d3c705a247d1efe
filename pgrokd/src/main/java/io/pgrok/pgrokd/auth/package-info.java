/**
 * Who an agent is and what it may claim.
 *
 * <p>{@code Auth.User} carries a token. An {@link Authenticator} turns it into an {@link Identity},
 * whose {@link io.pgrok.protocol.grant.Grant} limits names, ports and amounts. Tokens are listed in
 * a file ({@link TokenFile}) or signed ({@link SignedTokens}); without either the server is open
 * ({@link Authenticator#open()}).
 */
@NullMarked
package io.pgrok.pgrokd.auth;

import org.jspecify.annotations.NullMarked;
