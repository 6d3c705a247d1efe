/**
 * What a person sees while the agent runs: a block that is redrawn on a terminal, lines elsewhere.
 */
@NullMarked
package io.pgrok.agent.view;

import org.jspecify.annotations.NullMarked;
