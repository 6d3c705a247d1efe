/**
 * JMH micro-benchmarks of what every message, request and byte goes through: {@code bench/micro},
 * with {@code -prof gc} for allocation rates. Not part of the build.
 */
@NullMarked
package io.pgrok.bench.micro;

import org.jspecify.annotations.NullMarked;
