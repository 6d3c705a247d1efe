/**
 * The agent inside a workload's own pods: a native sidecar, applied to the pod template under the
 * operator's field manager, and a Secret with its sessions that the workload owns.
 *
 * <p>Everything is computed from the table's routes of one workload, so several Tunnels share one
 * sidecar, and with the last of them it goes by applying nothing at all.
 */
@NullMarked
package io.pgrok.operator.sidecar;

import org.jspecify.annotations.NullMarked;
