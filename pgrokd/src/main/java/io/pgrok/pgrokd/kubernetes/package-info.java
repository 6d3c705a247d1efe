/**
 * What pgrokd's chart runs besides the server: {@code pgrokd init-secret} in an init container and
 * {@code pgrokd check} for {@code helm test}.
 *
 * <pre>
 *   InitSecretCommand ── options ──▶ Secrets.converge(ServerSecret)       token, keys, certificate
 *                                    Secrets.converge(ConnectionSecret)   what an operator needs
 *                                    ServerFiles                          what the server reads
 * </pre>
 *
 * <p>A template cannot do this: it would make other keys at each rendering. Here they are made by
 * whichever pod comes first, kept in a Secret that belongs to the chart's Deployment, and only
 * renewed afterwards. The server's own container has no API token.
 *
 * <p>{@link io.pgrok.pgrokd.kubernetes.ServerSecret} and {@link
 * io.pgrok.pgrokd.kubernetes.ConnectionSecret} are pure; {@link
 * io.pgrok.pgrokd.kubernetes.ApiServer} is the only one that talks to anybody.
 */
@NullMarked
package io.pgrok.pgrokd.kubernetes;

import org.jspecify.annotations.NullMarked;
