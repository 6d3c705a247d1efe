/**
 * What the agent tells of itself. {@link io.pgrok.agent.status.StatusBoard} holds the newest state
 * of every session; {@link io.pgrok.agent.status.StatusServer} serves it read-only over HTTP:
 *
 * <pre>
 *   GET /healthz              200 while the process serves
 *   GET /api/status           AgentStatus as JSON
 *   GET /api/status/stream    the same as server-sent events, at once and after each change
 * </pre>
 */
@NullMarked
package io.pgrok.agent.status;

import org.jspecify.annotations.NullMarked;
