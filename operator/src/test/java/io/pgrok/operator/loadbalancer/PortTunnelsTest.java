package io.pgrok.operator.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fabric8.kubernetes.api.model.Service;
import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Manifest;
import io.pgrok.operator.status.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortTunnelsTest {

  private static final String DB =
      """
      apiVersion: v1
      kind: Service
      metadata: {namespace: shop, name: db, uid: u1}
      spec:
        type: LoadBalancer
        loadBalancerClass: pgrok.io/tunnel
        ports: [{name: sql, port: 5432}, {name: admin, port: 8081, protocol: TCP}]
      """;

  @Test
  void eachPortAsksForItsOwnNumberInPublic() {
    var wanted = PortTunnels.of(service(DB), List.of());

    assertThat(wanted.problems()).isEmpty();
    assertThat(wanted.tunnels())
        .hasSize(2)
        .allSatisfy(tunnel -> {
          assertThat(tunnel.getSpec().protocol()).isEqualTo(Protocol.TCP);
          assertThat(tunnel.getSpec().service().name()).isEqualTo("db");
          assertThat(tunnel.getSpec().access()).isNull();
          assertThat(tunnel.getMetadata().getNamespace()).isEqualTo("shop");
          assertThat(tunnel.getMetadata().getOwnerReferences().getFirst().getUid()).isEqualTo("u1");
        });
    assertThat(wanted.tunnels())
        .extracting(
            tunnel -> tunnel.getMetadata().getName(),
            tunnel -> tunnel.getSpec().remotePort(),
            tunnel -> tunnel.getSpec().service().port().getIntVal())
        .containsExactly(
            tuple("service-db-5432", 5432, 5432), tuple("service-db-8081", 8081, 8081));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UDP", "SCTP"})
  void whatNoTunnelCarriesIsRefusedAndTheRestServed(String protocol) {
    var wanted =
        PortTunnels.of(
            service(DB.replace("name: sql, port: 5432", "port: 53, protocol: " + protocol)),
            List.of());

    assertThat(wanted.tunnels())
        .extracting(tunnel -> tunnel.getMetadata().getName())
        .containsExactly("service-db-8081");
    assertThat(wanted.problems())
        .extracting(Verdict::message)
        .containsExactly(
            "port 53 is of %s, which no tunnel carries: give it a Service of another class"
                .formatted(protocol));
  }

  @ParameterizedTest
  @CsvSource({
    "NotGranted, 1, true",
    "NameConflict, 1, true",
    "NameTaken, 1, true",
    "Refused, 1, true",
    "Registered, 1, false",
    "ServerUnreachable, 1, false",
    "AuthFailed, 1, false",
    "Refused, 2, false",
  })
  void aPortThatIsRefusedTakesAnyOther(String reason, long observed, boolean takesAny) {
    var existing = existing("{remotePort: 5432, protocol: tcp}", reason, observed);

    assertThat(portOf5432(existing)).isEqualTo(takesAny ? null : 5432);
  }

  @Test
  void aPortThatTookAnyOtherKeepsIt() {
    assertThat(portOf5432(existing("{protocol: tcp}", "Registered", 1))).isNull();
  }

  @Test
  void sourceRangesAreWhereVisitorsMayComeFrom() {
    var wanted =
        PortTunnels.of(service(DB + "  loadBalancerSourceRanges: [203.0.113.0/24]\n"), List.of());

    assertThat(wanted.tunnels())
        .allSatisfy(tunnel ->
            assertThat(tunnel.getSpec().access().allowedCidrs()).containsExactly("203.0.113.0/24"));
  }

  @Test
  void onlyTypeAndClassMakeItOurs() {
    assertThat(PortTunnels.isOurs(service(DB))).isTrue();
    assertThat(PortTunnels.isOurs(service(DB.replace("LoadBalancer", "NodePort")))).isFalse();
    assertThat(PortTunnels.isOurs(service(DB.replace("pgrok.io/tunnel", "other/class")))).isFalse();
    assertThat(PortTunnels.isOurs(service(DB.replace("loadBalancerClass: pgrok.io/tunnel", ""))))
        .isFalse();
  }

  private static Integer portOf5432(Tunnel existing) {
    return PortTunnels.of(service(DB), List.of(existing)).tunnels().stream()
        .filter(tunnel -> tunnel.getMetadata().getName().equals("service-db-5432"))
        .findFirst()
        .orElseThrow()
        .getSpec()
        .remotePort();
  }

  private static Tunnel existing(String spec, String reason, long observed) {
    return Manifest.read(
        Tunnel.class,
        """
        metadata: {namespace: shop, name: service-db-5432, generation: 1}
        spec: %s
        status:
          observedGeneration: %d
          conditions: [{type: Ready, status: "False", reason: %s}]
        """
            .formatted(spec, observed, reason));
  }

  private static Service service(String yaml) {
    return Manifest.read(Service.class, yaml);
  }
}
