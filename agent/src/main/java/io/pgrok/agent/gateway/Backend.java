package io.pgrok.agent.gateway;

import io.pgrok.agent.config.PrivateAddress;

/** A private service and the way to ask it. */
record Backend(PrivateAddress address, Service service) {}
