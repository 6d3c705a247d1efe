package io.pgrok.agent.config;

import static io.pgrok.protocol.agent.AgentConfig.PathType.EXACT;
import static io.pgrok.protocol.agent.AgentConfig.PathType.PREFIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.agent.config.PathRoutes.PathRoute;
import io.pgrok.protocol.agent.AgentConfig.PathType;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathRoutesTest {

  /** The examples of Kubernetes' documentation of Ingress, and more. */
  @ParameterizedTest
  @CsvSource({
    "PREFIX, /, /all/of/them, true",
    "EXACT, /foo, /foo, true",
    "EXACT, /foo, /bar, false",
    "EXACT, /foo, /foo/, false",
    "EXACT, /foo/, /foo, false",
    "PREFIX, /foo, /foo, true",
    "PREFIX, /foo, /foo/, true",
    "PREFIX, /foo/, /foo, true",
    "PREFIX, /aaa/bb, /aaa/bbb, false",
    "PREFIX, /aaa/bbb, /aaa/bbb/ccc, true",
    "PREFIX, /aaa/bbb/, /aaa/bbb, true",
    "PREFIX, /aaa/bbb, /aaa/bbbxyz, false",
    "PREFIX, /aaa, /AAA, false",
    "PREFIX, /a, /a?b=/c, true",
    "EXACT, /a, /a?b=/c, true",
    "EXACT, /a, http://web.test/a?b, true",
    "PREFIX, /, http://web.test, true",
    "PREFIX, /, *, true",
    "PREFIX, /a, *, false",
    "PREFIX, /a, ?/a, false",
  })
  void requestsMatchByPath(PathType type, String path, String requested, boolean matches) {
    var routes = new PathRoutes(List.of(route(path, type, 1)));

    assertThat(routes.of(requested)).isEqualTo(matches ? Optional.of(to(1)) : Optional.empty());
  }

  @Test
  void theLongestPathWinsWhateverTheOrder() {
    var routes =
        new PathRoutes(
            List.of(route("/", PREFIX, 1), route("/a/b", PREFIX, 2), route("/a", PREFIX, 3)));

    assertThat(routes.of("/a/b/c")).contains(to(2));
    assertThat(routes.of("/a/x")).contains(to(3));
    assertThat(routes.of("/x")).contains(to(1));
  }

  @Test
  void ofTwoEqualPathsTheExactOneWins() {
    var routes = new PathRoutes(List.of(route("/a", PREFIX, 1), route("/a", EXACT, 2)));

    assertThat(routes.of("/a")).contains(to(2));
    assertThat(routes.of("/a/")).contains(to(1));
  }

  @Test
  void aFileSaysWherePathsLead() throws Exception {
    var tunnel =
        resolve(
            """
            tunnels:
              shop:
                proto: {http+https: "web:80"}
                routes:
                  - path: /api
                    address: h2c://api:8080
                  - path: /admin
                    path_type: exact
                    status: 404
            """);

    assertThat(tunnel.targets().get(Protocol.HTTP)).hasToString("web:80");
    assertThat(tunnel.routes().of("/api/v1"))
        .contains(new Destination.Private(PrivateAddress.parse("h2c://api:8080")));
    assertThat(tunnel.routes().of("/admin")).contains(new Destination.Refusal(404));
    assertThat(tunnel.routes().of("/other")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{path: api, address: '80'}",
        "{path: '/a?b', address: '80'}",
        "{path: /a b, address: '80'}",
        "{path: /a}",
        "{path: /a, address: '80', status: 404}",
        "{path: /a, status: 200}",
        "{address: '80'}",
        "{path: /a, address: 'nowhere:port'}",
        "{path: /a, path_type: regex, address: '80'}",
      })
  void whatCannotBeMeantIsRefusedAndNamed(String route) {
    var text = "tunnels:\n  shop:\n    proto: {http: 80}\n    routes:\n      - " + route + "\n";

    assertThatThrownBy(() -> resolve(text))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith("pgrok.yml:")
        .hasMessageContaining("tunnels.shop.routes");
  }

  @Test
  void onlyHttpHasPaths() {
    assertThatThrownBy(() ->
            resolve("tunnels: {db: {proto: {tcp: 5432}, routes: [{path: /a, address: \"80\"}]}}"))
        .hasMessageContaining("tunnels.db.routes")
        .hasMessageContaining("http and https only");
  }

  private static TunnelSpec resolve(String text) throws InvalidConfigException {
    return SessionSpecs.resolve(new ConfigText("pgrok", "pgrok.yml", text), Flags.NONE)
        .tunnels()
        .getFirst();
  }

  private static PathRoute route(String path, PathType type, int port) {
    return new PathRoute(path, type, to(port));
  }

  private static Destination to(int port) {
    return new Destination.Private(PrivateAddress.plain(new HostPort("127.0.0.1", port)));
  }
}
