package io.pgrok.agent.control;

import io.pgrok.agent.proxy.ProxyPass;
import io.pgrok.protocol.message.ClientIds;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.AuthResp;
import java.util.Set;

/**
 * What the server granted in its answer to Auth.
 *
 * @param links how many links to keep; 0 without {@link Extension#MUX}
 */
record Grant(
    String clientId, String proxyKey, String serverVersion, Set<String> extensions, int links) {

  static Grant of(AuthResp answer) {
    Set<String> extensions = Set.copyOf(answer.ext());
    return new Grant(
        answer.clientId(),
        answer.proxyKey(),
        answer.mmVersion(),
        extensions,
        extensions.contains(Extension.MUX) ? answer.links() : 0);
  }

  boolean closesSingleTunnels() {
    return extensions.contains(Extension.CLOSE);
  }

  boolean sharesNames() {
    return extensions.contains(Extension.SHARE);
  }

  boolean briefHeartbeat() {
    return extensions.contains(Extension.HEARTBEAT);
  }

  ProxyPass proxyPass() {
    return new ProxyPass(clientId, proxyKey);
  }

  /** Leaves the proxy key out: this ends up in logs. */
  @Override
  public String toString() {
    return "Grant[clientId=%s, extensions=%s]".formatted(ClientIds.brief(clientId), extensions);
  }
}
