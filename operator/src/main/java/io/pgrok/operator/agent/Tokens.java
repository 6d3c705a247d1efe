package io.pgrok.operator.agent;

import io.pgrok.operator.grant.Grants;
import io.pgrok.operator.grant.Token;
import io.pgrok.protocol.grant.Grant;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The token of each agent. On a server with a signing key a sidecar, whose Secret its namespace can
 * read, gets one that claims no more than the namespace may; the shared agent gets one for all that
 * any namespace may. Without a signing key all use the server's one token. Pure.
 */
public final class Tokens {

  private Tokens() {}

  /**
   * What an agent is given.
   *
   * @param servers with the token that this agent uses
   * @param renewAt when to give it another; {@link Instant#MAX} for never
   */
  public record Issued(List<ServerConnection> servers, Instant renewAt) {}

  /**
   * @param routes of the carrier
   */
  public static Issued issue(
      Carrier carrier,
      Collection<ServerConnection> servers,
      Collection<Route> routes,
      Instant now) {
    var renewAt = Instant.MAX;
    var issued = Stream.<ServerConnection>builder();
    for (var server : servers) {
      if (server.signingKey() == null) {
        issued.add(server);
        continue;
      }
      var token =
          Token.of(
              server.signingKey(), identity(carrier, server), grant(carrier, server, routes), now);
      renewAt = token.renewAt().isBefore(renewAt) ? token.renewAt() : renewAt;
      issued.add(server.withToken(token.text()));
    }
    return new Issued(issued.build().toList(), renewAt);
  }

  /** Sessions of one identity may share names; that of another cluster must be another. */
  private static String identity(Carrier carrier, ServerConnection server) {
    String who =
        switch (carrier) {
          case Carrier.Shared shared -> "shared";
          case Carrier.Named named -> "ns:" + named.namespace();
          case Carrier.Sidecar sidecar -> "ns:" + sidecar.namespace();
        };
    return who + "@" + server.uid();
  }

  /**
   * Where everybody may claim everything, so may the token: one that named the tunnels would change
   * with each that comes, and every agent would log in anew.
   */
  private static Grant grant(Carrier carrier, ServerConnection server, Collection<Route> routes) {
    return carrier instanceof Carrier.Shared
        ? Grants.all(server.grants())
        : routes.stream()
            .filter(route -> route.server().equals(server.name()))
            .map(Route::grant)
            .findFirst()
            .orElseGet(() -> Grants.of(server.grants(), "", Map.of()));
  }
}
