/**
 * The inspector over HTTP, for its page and for scripts, on the developer's own machine.
 *
 * <pre>
 *   Guard ─▶ Routes ─▶ Captures, Replay, Har, TunnelControl      JSON
 *                  └─▶ Assets                                    the page
 *                  └─▶ LiveStream                                server-sent events
 *                  └─▶ status.StatusHandler                      what is served in a cluster, too
 * </pre>
 *
 * {@link io.pgrok.agent.api.Guard} keeps other web pages out: of the browser's requests only those
 * of our own page pass.
 */
@NullMarked
package io.pgrok.agent.api;

import org.jspecify.annotations.NullMarked;
