/**
 * A Kubernetes cluster to install on, whichever can be had: {@link io.pgrok.e2e.cluster.Choice}
 * looks for the one that is named, then for a Docker engine, then for what the local cluster needs,
 * and otherwise says what was missing. It starts nothing; {@link io.pgrok.e2e.cluster.Cluster}
 * does.
 */
@NullMarked
package io.pgrok.e2e.cluster;

import org.jspecify.annotations.NullMarked;
