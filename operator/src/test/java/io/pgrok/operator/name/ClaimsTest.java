package io.pgrok.operator.name;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Manifest;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimsTest {

  @Test
  void oldestGetsTheName() {
    var young = tunnel("ns", "a", "2026-01-02T00:00:00Z", "{subdomain: x}");
    var old = tunnel("ns", "b", "2026-01-01T00:00:00Z", "{subdomain: x}");

    assertThat(Claims.owner(List.of(young, old))).contains(old);
  }

  @Test
  void namespaceAndNameDecideWithinASecond() {
    var b = tunnel("b", "a", "2026-01-01T00:00:00Z", "{subdomain: x}");
    var a = tunnel("a", "z", "2026-01-01T00:00:00Z", "{subdomain: x}");

    assertThat(Claims.owner(List.of(b, a))).contains(a);
  }

  @Test
  void subdomainAndWholeHostNameShareAKey() {
    var subdomain = tunnel("ns", "a", "2026-01-01T00:00:00Z", "{subdomain: web}");
    var hostname = tunnel("ns", "b", "2026-01-01T00:00:00Z", "{hostname: web.example.com}");

    assertThat(Claims.keys(hostname)).containsAnyElementsOf(Claims.keys(subdomain));
    assertThat(Claims.mayCollide(subdomain, hostname)).isTrue();
  }

  @Test
  void hostNamesOfOneFirstLabelDoNotCollide() {
    var one = tunnel("ns", "a", "2026-01-01T00:00:00Z", "{hostname: www.a.com}");
    var two = tunnel("ns", "b", "2026-01-01T00:00:00Z", "{hostname: www.b.com}");

    assertThat(Claims.mayCollide(one, two)).isFalse();
  }

  @Test
  void portsAreNamesAndAnyPortIsNone() {
    assertThat(
            Claims.keys(
                tunnel("ns", "a", "2026-01-01T00:00:00Z", "{protocol: tcp, remotePort: 5432}")))
        .containsExactly("port:5432");
    assertThat(Claims.keys(tunnel("ns", "a", "2026-01-01T00:00:00Z", "{protocol: tcp}"))).isEmpty();
  }

  @Test
  void generatedNamesOfDifferentNamespacesDiffer() {
    assertThat(DnsLabel.unique("a", "b-c")).isNotEqualTo(DnsLabel.unique("a-b", "c"));
    assertThat(DnsLabel.unique("ns", "web")).matches("web-[a-z0-9]{5}");
  }

  @Test
  void generatedNamesAreLabelsHoweverLongTheNameIs() {
    assertThat(DnsLabel.unique("ns", "a.".repeat(126) + "b"))
        .hasSize(63)
        .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  }

  private static Tunnel tunnel(String namespace, String name, String created, String spec) {
    return Manifest.read(
        Tunnel.class,
        """
        metadata: {namespace: %s, name: %s, creationTimestamp: "%s"}
        spec: %s
        """
            .formatted(namespace, name, created, spec));
  }
}
