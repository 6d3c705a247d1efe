package io.pgrok.operator.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Manifest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadBalancerStatusesTest {

  @Test
  void portsOfOneHostAreSaidTogether() {
    var entries =
        LoadBalancerStatuses.entries(
            tunnels(
                "{url: 'tcp://tunnels.example.com:8081'}",
                "{url: 'tcp://tunnels.example.com:31234'}",
                "{}"));

    assertThat(written(entries))
        .isEqualTo(
            read(
                """
                - hostname: tunnels.example.com
                  ports: [{port: 8081, protocol: TCP}, {port: 31234, protocol: TCP}]
                """));
  }

  @Test
  void anAddressIsAProxys() {
    var entries =
        LoadBalancerStatuses.entries(
            tunnels("{url: 'tcp://192.0.2.7:5432'}", "{url: 'tcp://[2001:db8::1]:5432'}"));

    assertThat(written(entries))
        .isEqualTo(
            read(
                """
                - {ip: 192.0.2.7, ipMode: Proxy, ports: [{port: 5432, protocol: TCP}]}
                - {ip: "2001:db8::1", ipMode: Proxy, ports: [{port: 5432, protocol: TCP}]}
                """));
  }

  @Test
  void nothingIsSaidBeforeAPortIsOpen() {
    assertThat(LoadBalancerStatuses.entries(tunnels("{}"))).isEmpty();
  }

  private static List<Tunnel> tunnels(String... statuses) {
    return Stream.of(statuses)
        .map(status -> "metadata: {name: a}\nspec: {protocol: tcp}\nstatus: " + status)
        .map(text -> Manifest.read(Tunnel.class, text))
        .toList();
  }

  private static List<?> written(List<LoadBalancerIngress> entries) {
    return read(Manifest.write(entries));
  }

  private static List<?> read(String yaml) {
    return (List<?>)
        Manifest.read(Map.class, "all:\n" + yaml.replaceFirst("^---\n", "")).get("all");
  }
}
