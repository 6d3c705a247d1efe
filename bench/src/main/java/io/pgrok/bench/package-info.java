/**
 * The side-by-side runs of {@code bench/run}: this project, what a user would take instead, and the
 * ceiling, on one machine in the same minutes.
 *
 * <pre>
 *   load generator ─▶ public side ══ TLS ══▶ private side ─▶ nginx with files
 *                     └──────── Peer ────────┘
 * </pre>
 *
 * {@link io.pgrok.bench.Peer} starts a pair of processes, {@link io.pgrok.bench.Workload} drives
 * them, {@link io.pgrok.bench.Usage} reads what they cost from {@code /proc}, and {@link
 * io.pgrok.bench.Report} says it. All peers run from the start to the end, and the workloads go
 * round them in turn, so that a machine that slows down slows everybody.
 */
@NullMarked
package io.pgrok.bench;

import org.jspecify.annotations.NullMarked;
