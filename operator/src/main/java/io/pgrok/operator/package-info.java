/**
 * Turns Tunnel resources into agent configuration, and the agents' reports into status.
 *
 * <pre>
 * Tunnel ─▶ tunnel: resolve ─▶ agent: RouteTable ─▶ Secret of the shared agent
 *                                              └──▶ sidecar: pod template + Secret of the workload
 * agent pods ─▶ report: status streams ─▶ tunnel, tunnelserver: status, Events
 * connection Secret ─▶ connection: TunnelServer
 * Ingress ─▶ ingress, Service ─▶ loadbalancer: Tunnels that they own
 * </pre>
 *
 * Decisions are pure functions over resources ({@code name}, {@code grant}, {@code lifetime},
 * {@code status}, the resolvers and renderers); reconcilers and the classes that watch and write
 * are the thin edges. Nothing is remembered that could not be computed again from the cluster:
 * after a restart the whole desired state is computed before the first byte is written.
 */
@NullMarked
package io.pgrok.operator;

import org.jspecify.annotations.NullMarked;
