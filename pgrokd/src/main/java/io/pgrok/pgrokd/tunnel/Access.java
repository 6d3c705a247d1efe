package io.pgrok.pgrokd.tunnel;

import io.pgrok.protocol.net.Networks;
import io.pgrok.protocol.share.ShareLink;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel demands of each request, or, when visitors speak no HTTP, of each connection.
 *
 * @param auth user and password; null for none
 * @param allowed networks that visitors come from; null for anywhere
 * @param httpsPort where plain HTTP is redirected to; 0 for not at all
 * @param share what checks share links; null when none is demanded. A visitor needs a link or the
 *     password then
 */
public record Access(
    @Nullable BasicAuth auth,
    @Nullable Networks allowed,
    int httpsPort,
    @Nullable ShareLink share) {

  /** Demands nothing. */
  public static final Access OPEN = new Access(null, null, 0, null);

  /** Whether it demands nothing at all. */
  public boolean isOpen() {
    return auth == null && allowed == null && httpsPort == 0 && share == null;
  }

  /** Whether visitors may come from this address. */
  public boolean allows(InetAddress visitor) {
    return allowed == null || allowed.contains(visitor);
  }
}
