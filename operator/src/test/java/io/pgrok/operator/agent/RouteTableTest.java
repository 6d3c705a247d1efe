package io.pgrok.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.crds.tunnel.WorkloadTarget.Kind;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RouteTableTest {

  private static final Carrier SHARED = new Carrier.Shared();
  private static final Carrier WEB = new Carrier.Sidecar(Kind.DEPLOYMENT, "ns", "web");
  private static final ResourceID A = new ResourceID("a", "ns");
  private static final ResourceID B = new ResourceID("b", "ns");

  private final RouteTable table = new RouteTable();
  private final List<Carrier> told = new ArrayList<>();

  @BeforeEach
  void listen() {
    table.listen(told::add, () -> {});
  }

  @Test
  void nobodyIsToldBeforeEverythingWasLookedAt() {
    table.completeWith(() -> Optional.of(Set.of(A, B, "server")));

    table.put(A, route(SHARED, 1));
    table.putServer(server("server"));
    assertThat(told).isEmpty();

    table.remove(B);
    assertThat(told).containsExactly(SHARED);
  }

  @Test
  void nothingIsCompleteWhileItIsNotKnownWhatThereIs() {
    table.put(A, route(SHARED, 1));
    table.checkComplete();

    assertThat(table.complete()).isFalse();
  }

  @Test
  void emptyClusterIsCompleteWhenAsked() {
    table.completeWith(() -> Optional.of(Set.of()));

    table.checkComplete();

    assertThat(told).containsExactly(SHARED);
  }

  @Test
  void carrierIsAwaitedUntilItsTunnelIsGone() {
    table.completeWith(() -> Optional.of(Set.of()));
    table.checkComplete();
    table.await(A, WEB);
    assertThat(table.isAwaited(WEB)).isTrue();
    told.clear();

    table.remove(A);

    assertThat(table.isAwaited(WEB)).isFalse();
    assertThat(told).containsExactly(WEB);
  }

  @Test
  void unchangedRouteIsNoNews() {
    complete();
    table.put(A, route(SHARED, 1));
    told.clear();

    table.put(A, route(SHARED, 1));

    assertThat(told).isEmpty();
  }

  @Test
  void bothCarriersHearOfARouteThatMoves() {
    complete();
    table.put(A, route(WEB, 1));
    told.clear();

    table.put(A, route(SHARED, 1));

    assertThat(told).containsExactlyInAnyOrder(SHARED, WEB);
    assertThat(table.tunnelsOf(WEB)).isEmpty();
    assertThat(table.routesOf(SHARED)).containsOnlyKeys(A);
  }

  @Test
  void changedServerIsToldToThoseWhoUseIt() {
    complete();
    table.putServer(server("server"));
    table.put(A, route(WEB, 1));
    told.clear();

    table.putServer(server("other"));
    assertThat(told).containsExactly(SHARED);
    told.clear();

    table.putServer(new ServerConnection("server", "elsewhere:1", "d.example", null, "token"));
    assertThat(told).containsExactly(SHARED, WEB);
  }

  @Test
  void sidecarLogsInToItsOwnServersOnly() {
    table.putServer(server("server"));
    table.putServer(server("other"));
    table.put(A, route(WEB, 1));

    assertThat(table.serversOf(WEB)).containsExactly(server("server"));
    assertThat(table.serversOf(SHARED))
        .containsExactlyInAnyOrder(server("server"), server("other"));
  }

  private void complete() {
    table.completeWith(() -> Optional.of(Set.of()));
    table.checkComplete();
    told.clear();
  }

  private static Route route(Carrier carrier, int port) {
    return new Route(
        "server",
        carrier,
        new TunnelConfig("sub", null, Map.of("http", "h:" + port), null, null, "r" + port));
  }

  private static ServerConnection server(String name) {
    return new ServerConnection(name, name + ":4443", "d.example", null, null);
  }
}
