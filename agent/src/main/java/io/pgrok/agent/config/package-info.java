/**
 * From flags and files to what the rest of the agent works with.
 *
 * <pre>
 *   file text ── AgentYaml ──▶ AgentConfig ──┐
 *                                            ├─ SessionSpecs ──▶ SessionSpec { Link, TunnelSpec… }
 *   command line ────────────▶ Flags ────────┘
 *
 *   pgrok up: the tunnels of a ProjectSource over the link of the user's FileSource
 *
 *   ConfigWatcher ── each change ──▶ ConfigSource.read() ──▶ whoever runs the sessions
 * </pre>
 */
@NullMarked
package io.pgrok.agent.config;

import org.jspecify.annotations.NullMarked;
