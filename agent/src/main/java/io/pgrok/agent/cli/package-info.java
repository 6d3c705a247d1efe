/**
 * The command line. {@link io.pgrok.agent.cli.PgrokCommand} parses, {@link
 * io.pgrok.agent.cli.Invocation} says what was meant, {@link io.pgrok.agent.cli.Run} does it.
 */
@NullMarked
package io.pgrok.agent.cli;

import org.jspecify.annotations.NullMarked;
