/**
 * Puts pgrok on a running cluster the way a person would: image tars, {@code helm}, {@code
 * kubectl}.
 */
@NullMarked
package io.pgrok.e2e.install;

import org.jspecify.annotations.NullMarked;
