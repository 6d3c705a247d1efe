/**
 * What operator and agent agree on: the agent's configuration file and its status. No Netty here,
 * because the operator runs beside another Netty.
 */
@NullMarked
package io.pgrok.protocol.agent;

import org.jspecify.annotations.NullMarked;
