package io.pgrok.agent.proxy;

import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.Protocol;

/** Where the visitors of one public URL go. */
public record Route(String tunnel, Protocol protocol, HostPort target) {}
