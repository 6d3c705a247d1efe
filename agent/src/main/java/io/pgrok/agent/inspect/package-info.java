/**
 * The inspector: what visitors asked and what they got, kept in memory within limits, shown on a
 * web page and over an API, and asked again.
 *
 * <pre>
 *   visitor ⇄ Tap ⇄ private service                        the bytes pass through unchanged
 *              │ looks on
 *              ▼
 *   ConnectionRecorder ─▶ Capture ─▶ Captures ─▶ api (JSON, HAR, server-sent events) ─▶ page
 *     two MessageScanners                ▲
 *                         Replay ────────┘ a visitor of our own, through the same tap
 * </pre>
 *
 * <p>Looking on costs a scan for where messages end and a copy of the first bytes of each: headers
 * are parsed, chunks joined and encodings undone only when somebody looks.
 */
@NullMarked
package io.pgrok.agent.inspect;

import org.jspecify.annotations.NullMarked;
