/**
 * Connection Secrets: a pgrokd installed beside the operator says where it is, and becomes a
 * TunnelServer without anybody writing one.
 */
@NullMarked
package io.pgrok.operator.connection;

import org.jspecify.annotations.NullMarked;
