/**
 * What needs a real Kubernetes: the quickstart and the end-to-end tests, on one implementation.
 *
 * <p>{@link io.pgrok.e2e.cluster} gets a cluster: one that is named, K3s in Docker, or the local
 * one of {@code deploy/local-cluster}. {@link io.pgrok.e2e.install} puts images and both charts on
 * it. {@link io.pgrok.e2e.quickstart} shows a person the whole way; the tests break it and measure
 * how it heals. {@link io.pgrok.e2e.command} runs the programs that a person would type.
 */
@NullMarked
package io.pgrok.e2e;

import org.jspecify.annotations.NullMarked;
