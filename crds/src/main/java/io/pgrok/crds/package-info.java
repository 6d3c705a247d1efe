/**
 * The resource types of group {@code pgrok.io}: what users write and what the operator answers.
 *
 * <p>The Java types are the source: fabric8's generator makes the CustomResourceDefinitions in
 * {@code crds/generated} from them (see {@code CrdGeneration} in the tests), which charts and docs
 * use as they are. Rules that a manifest alone can break are CEL rules here, so that the API server
 * answers at once with a sentence that says what to write instead; what needs a look at the cluster
 * is left to the operator and its conditions.
 */
@NullMarked
package io.pgrok.crds;

import org.jspecify.annotations.NullMarked;
