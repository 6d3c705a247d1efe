package io.pgrok.agent.proxy;

import io.pgrok.protocol.message.ClientIds;

/**
 * What a proxy connection shows to belong to a session.
 *
 * @param proxyKey empty with a server that gave none
 */
public record ProxyPass(String clientId, String proxyKey) {
  /** Leaves the key out: this ends up in logs. */
  @Override
  public String toString() {
    return "ProxyPass[clientId=" + ClientIds.brief(clientId) + "]";
  }
}
