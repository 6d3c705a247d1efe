/**
 * Tunnels that are made for other objects.
 *
 * <p>An Ingress or a Service of our class is served by Tunnels that it owns: grants, names,
 * conditions and everything else hold for them as for any other, people see them with {@code
 * kubectl get tunnels}, and Kubernetes removes them when their owner goes, whether or not an
 * operator runs.
 */
@NullMarked
package io.pgrok.operator.owned;

import org.jspecify.annotations.NullMarked;
