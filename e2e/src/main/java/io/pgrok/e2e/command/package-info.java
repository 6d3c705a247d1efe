/** Runs programs: quietly, or shown with their output as a person would have typed them. */
@NullMarked
package io.pgrok.e2e.command;

import org.jspecify.annotations.NullMarked;
