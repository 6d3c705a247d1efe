@NullMarked
package io.pgrok.agent;

import org.jspecify.annotations.NullMarked;
