package io.pgrok.operator.agent;

import io.pgrok.operator.grant.Grants;
import io.pgrok.operator.grant.Token;
import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.grant.NamePattern;
import io.pgrok.protocol.grant.PortRange;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
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

  private static Grant grant(Carrier carrier, ServerConnection server, Collection<Route> routes) {
    if (carrier instanceof Carrier.Shared) {
      return Grants.all(server.grants());
    }
    var own = routes.stream().filter(route -> route.server().equals(server.name())).toList();
    return own.stream()
        .map(Route::grant)
        .filter(grant -> !grant.equals(Grant.UNLIMITED))
        .findFirst()
        .orElseGet(() -> exactly(own, server.domain()));
  }

  /** Where everybody may claim everything, a token still claims only what its tunnels ask for. */
  private static Grant exactly(List<Route> routes, String domain) {
    var configs = routes.stream().map(Route::config).toList();
    var hostnames =
        configs.stream().map(config -> config.hostname()).filter(Objects::nonNull).toList();
    String suffix = "." + domain;
    var subdomains =
        Stream.concat(
                configs.stream().map(config -> config.subdomain()).filter(Objects::nonNull),
                hostnames.stream()
                    .filter(name -> name.endsWith(suffix))
                    .map(name -> name.substring(0, name.length() - suffix.length())))
            .sorted()
            .distinct()
            .map(NamePattern::of)
            .toList();
    boolean anyPort =
        configs.stream()
            .anyMatch(config -> config.proto().containsKey("tcp") && config.remotePort() == null);
    var ports =
        configs.stream()
            .map(config -> config.remotePort())
            .filter(Objects::nonNull)
            .sorted()
            .distinct()
            .map(PortRange::of)
            .toList();
    return new Grant(
        subdomains,
        hostnames.stream()
            .filter(name -> !name.endsWith(suffix))
            .sorted()
            .distinct()
            .map(NamePattern::of)
            .toList(),
        anyPort ? null : ports,
        null,
        null,
        null);
  }
}
