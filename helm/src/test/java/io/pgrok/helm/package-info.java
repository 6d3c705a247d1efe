/**
 * The charts tested as code, with Helm itself as a library ({@link io.pgrok.helm.Chart}) and
 * without a cluster. What the rendered objects do on a real one is tested in module e2e.
 */
package io.pgrok.helm;
