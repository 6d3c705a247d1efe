/**
 * The client {@code pgrok}: on a laptop with a terminal in front of it, and in a cluster as the
 * shared agent or as a sidecar, configured by files.
 *
 * <pre>
 *   cli ──▶ Agent ──┬── config    files and flags ──▶ SessionSpec, again after each change
 *                   ├── control   one Session per server: connect, authenticate, register, serve
 *                   ├── proxy     visitors' connections ⇄ private service
 *                   ├── status    what is known, over HTTP
 *                   └── view      what is known, on the terminal
 * </pre>
 */
@NullMarked
package io.pgrok.agent;

import org.jspecify.annotations.NullMarked;
