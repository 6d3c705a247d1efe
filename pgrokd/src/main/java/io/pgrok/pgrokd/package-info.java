@NullMarked
package io.pgrok.pgrokd;

import org.jspecify.annotations.NullMarked;
