/** What status says: the reasons, the conditions made of them, and Events. */
@NullMarked
package io.pgrok.operator.status;

import org.jspecify.annotations.NullMarked;
