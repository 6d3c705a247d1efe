/** What a pgrokd is told: options, environment, time-outs. Validated before anything starts. */
@NullMarked
package io.pgrok.pgrokd.config;

import org.jspecify.annotations.NullMarked;
