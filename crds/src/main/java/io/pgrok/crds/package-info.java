@NullMarked
package io.pgrok.crds;

import org.jspecify.annotations.NullMarked;
