/**
 * pgrokd, the public server. Read the packages in the order in which a visitor's bytes go through
 * them:
 *
 * <pre>
 *   config ▸ what the server is told
 *   listener ▸ ports and pipelines
 *     http ▸ router ▸ tunnel      a request finds its tunnel
 *     control                     sessions with agents, who registered the tunnels
 *     proxy                       streams to the agents
 *   admin ▸ health, metrics, listings
 * </pre>
 *
 * Everything that visitors do is told to {@code traffic}; behind it stands {@code gate} with {@code
 * limit} and {@code metrics}. Beside the way: {@code auth} (who an agent is), {@code certificate}
 * and {@code reload} (files), {@code kubernetes} (what the chart's init container does). {@link
 * io.pgrok.pgrokd.Server} puts it all together.
 */
@NullMarked
package io.pgrok.pgrokd;

import org.jspecify.annotations.NullMarked;
