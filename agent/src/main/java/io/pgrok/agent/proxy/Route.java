package io.pgrok.agent.proxy;

import io.pgrok.agent.config.PathRoutes;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Protocol;
import io.pgrok.agent.config.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * Where the visitors of one public URL go.
 *
 * @param target the private service
 * @param paths which requests go somewhere else
 * @param inspect whether the inspector captures; null for the agent's default
 * @param lastVisit told of each visit
 */
public record Route(
    String tunnel,
    Protocol protocol,
    PrivateAddress target,
    PathRoutes paths,
    Upstream upstream,
    @Nullable Boolean inspect,
    LastVisit lastVisit) {

  /**
   * Whether a connection to the private service serves whoever comes, one request after another.
   */
  boolean isForAnyVisitor() {
    return protocol.isHttp() && !needsHttp() && upstream.proxyProtocol() == null;
  }

  /** Whether somebody has to understand the HTTP on the way; otherwise bytes are relayed as is. */
  boolean needsHttp() {
    return protocol.isHttp()
        && (target.needsHttp() || !paths.isEmpty() || upstream.changesHeaders());
  }
}
