/**
 * The numbers of this server, for Prometheus. Each is counted where it happens, by an adder that
 * costs a few nanoseconds, and read when somebody asks. No label holds what strangers choose:
 * hosts, paths and addresses would make a series each.
 */
@NullMarked
package io.pgrok.pgrokd.metrics;

import org.jspecify.annotations.NullMarked;
