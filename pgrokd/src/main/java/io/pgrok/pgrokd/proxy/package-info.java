/**
 * Proxy connections of the classic protocol: dialled by the agent when asked by ReqProxy, pooled
 * until a visitor comes, then one visitor's stream to the private service.
 */
@NullMarked
package io.pgrok.pgrokd.proxy;

import org.jspecify.annotations.NullMarked;
