/**
 * The session with one server. {@link io.pgrok.agent.control.Session} is the script: connect,
 * authenticate, register, serve; again after a loss. It runs on a virtual thread of its own and
 * takes everything that happens from one mailbox, so nothing here needs a lock.
 *
 * <pre>
 *   ControlConnection ── Received, Lost ──┐
 *   configuration ────── Configured ──────┼──▶ mailbox ──▶ Session ──▶ StatusSink
 *   shutdown ─────────── Stop ────────────┘                 │  ▲
 *                                            decisions of   ▼  │
 *                            Tunnels (what to ask for) · Heartbeat (when to ping) · Backoff
 * </pre>
 *
 * The decisions are plain objects that are given the time and touch no network.
 */
@NullMarked
package io.pgrok.agent.control;

import org.jspecify.annotations.NullMarked;
