/**
 * What the agents are told.
 *
 * <p>{@link io.pgrok.operator.agent.RouteTable} holds the whole desired state: which tunnel is
 * carried by whom, and how servers are reached. Reconcilers put into it; when something changed for
 * a carrier, {@link io.pgrok.operator.agent.Publisher} has that carrier's Secrets written, at most
 * every so often, from the whole table. A thousand Tunnels applied at once so become a handful of
 * writes, and a route that was deleted while the operator was away is gone with the first write.
 * Agents that run as Deployments have several Secrets ({@link
 * io.pgrok.operator.agent.DeployedAgents}), a workload's sidecar has one.
 */
@NullMarked
package io.pgrok.operator.agent;

import org.jspecify.annotations.NullMarked;
