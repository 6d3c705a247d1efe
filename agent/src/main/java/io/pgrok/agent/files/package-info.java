/** A private service of our own: {@code pgrok ./folder} shows a folder's files. */
@NullMarked
package io.pgrok.agent.files;

import org.jspecify.annotations.NullMarked;
