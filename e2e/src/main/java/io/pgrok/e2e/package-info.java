@NullMarked
package io.pgrok.e2e;

import org.jspecify.annotations.NullMarked;
