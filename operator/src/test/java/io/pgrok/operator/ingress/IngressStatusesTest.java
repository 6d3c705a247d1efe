package io.pgrok.operator.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IngressStatusesTest {

  private static final String REGISTERED = "\nstatus: {url: 'https://%s'}";

  @Test
  void hostsPointToTheServersDomainAndGeneratedOnesToThemselves() {
    var tunnels =
        List.of(
            tunnel("{hostname: shop.example.org}" + REGISTERED.formatted("shop.example.org")),
            tunnel("{hostname: a.tunnels.test}" + REGISTERED.formatted("a.tunnels.test")),
            tunnel("{}" + REGISTERED.formatted("any-1a2b3.tunnels.test:8443")));

    assertThat(IngressStatuses.hostnames(tunnels, tunnel -> Optional.of("tunnels.test")))
        .containsExactly("any-1a2b3.tunnels.test", "tunnels.test");
  }

  @Test
  void nothingIsSaidBeforeATunnelIsRegistered() {
    assertThat(
            IngressStatuses.hostnames(
                List.of(tunnel("{hostname: shop.example.org}")),
                tunnel -> Optional.of("tunnels.test")))
        .isEmpty();
  }

  @Test
  void whatWasAppliedIsReadBack() {
    var ingress = Manifest.read(Ingress.class, "metadata: {namespace: a, name: b}");

    var patch = IngressStatuses.patch(ingress, List.of("x.test", "y.test"));

    assertThat(IngressStatuses.hostnames(patch)).containsExactly("x.test", "y.test");
    assertThat(IngressStatuses.hostnames(ingress)).isEmpty();
  }

  @Test
  void takingItBackSaysNothingOfAStatus() {
    var ingress =
        Manifest.read(
            Ingress.class,
            "metadata: {namespace: a, name: b}\nstatus: {loadBalancer: {ingress: [{hostname: x}]}}");

    assertThat(Manifest.read(Map.class, Manifest.write(IngressStatuses.patch(ingress, List.of()))))
        .doesNotContainKey("status");
  }

  private static Tunnel tunnel(String spec) {
    return Manifest.read(Tunnel.class, "metadata: {namespace: a, name: b}\nspec: " + spec);
  }
}
