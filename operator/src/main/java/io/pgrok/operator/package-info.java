@NullMarked
package io.pgrok.operator;

import org.jspecify.annotations.NullMarked;
