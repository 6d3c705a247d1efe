/**
 * Agents of a namespace's own. A TunnelAgent becomes a Deployment beside it; what the agents carry
 * is written to their Secret as for the shared agent.
 *
 * <pre>
 * TunnelAgent ─▶ AgentDeployment (pure) ─▶ Deployment, owned by it
 * routes with Carrier.Named ─▶ Secret of the TunnelAgent
 * </pre>
 */
@NullMarked
package io.pgrok.operator.tunnelagent;

import org.jspecify.annotations.NullMarked;
