/**
 * {@code pgrok kube}, also {@code kubectl pgrok}: what a person wants of the Tunnels in a cluster
 * beyond {@code kubectl get}.
 *
 * <p>{@link io.pgrok.agent.kube.Kubectl} runs {@code kubectl}, which has the credentials, contexts
 * and port-forwarding already; {@link io.pgrok.agent.kube.TunnelView} is a Tunnel as it answers it,
 * {@link io.pgrok.agent.kube.AgentPods} finds who carries it, and each command is a class of its
 * own.
 */
@NullMarked
package io.pgrok.agent.kube;

import org.jspecify.annotations.NullMarked;
