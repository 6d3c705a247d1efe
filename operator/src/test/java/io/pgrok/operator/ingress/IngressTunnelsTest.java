package io.pgrok.operator.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.pgrok.crds.tunnel.TunnelSpec;
import io.pgrok.operator.Manifest;
import io.pgrok.operator.status.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each {@code ingress/in-*.yaml} is an Ingress; {@code out-*.yaml} beside it says which Tunnels
 * serve it, and what of it is not served.
 */
class IngressTunnelsTest {

  private static final Path GOLDEN = Path.of("src/test/resources/ingress");

  static Stream<String> cases() throws IOException {
    try (var files = Files.list(GOLDEN)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("in-"))
          .map(name -> name.substring("in-".length()))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void ingressesAreServedAsWritten(String name) throws IOException {
    var wanted = IngressTunnels.of(read("in-" + name));

    var tunnels = new TreeMap<String, TunnelSpec>();
    wanted.tunnels().forEach(it -> tunnels.put(it.getMetadata().getName(), it.getSpec()));
    var actual =
        Map.of(
            "tunnels",
            tunnels,
            "problems",
            wanted.problems().stream().map(Verdict::message).toList());
    assertThat(Manifest.read(Map.class, Manifest.write(actual)))
        .isEqualTo(Manifest.read(Map.class, Files.readString(GOLDEN.resolve("out-" + name))));
  }

  @Test
  void itsTunnelsGoWhenItGoes() throws IOException {
    var ingress = read("in-paths.yaml");

    assertThat(IngressTunnels.of(ingress).tunnels())
        .allSatisfy(tunnel -> {
          var metadata = tunnel.getMetadata();
          assertThat(metadata.getNamespace()).isEqualTo("shop");
          assertThat(metadata.getLabels())
              .containsEntry("app.kubernetes.io/managed-by", "pgrok-operator");
          assertThat(metadata.getOwnerReferences())
              .singleElement()
              .satisfies(owner -> {
                assertThat(owner.getKind()).isEqualTo("Ingress");
                assertThat(owner.getApiVersion()).isEqualTo("networking.k8s.io/v1");
                assertThat(owner.getUid()).isEqualTo("u1");
                assertThat(owner.getController()).isTrue();
                assertThat(owner.getBlockOwnerDeletion()).isNull();
              });
        });
  }

  @Test
  void onlyTheClassMakesItOurs() {
    assertThat(IngressTunnels.isOurs(ofClass("pgrok"))).isTrue();
    assertThat(IngressTunnels.isOurs(ofClass("nginx"))).isFalse();
    assertThat(IngressTunnels.isOurs(ofClass("null"))).isFalse();
    assertThat(
            IngressTunnels.isOurs(
                Manifest.read(
                    Ingress.class,
                    "metadata: {name: a, annotations: {kubernetes.io/ingress.class: pgrok}}\nspec:"
                        + " {}")))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 101})
  void aHostHasOneHundredPathsAtMost(int paths) {
    var path = "{path: /%d, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}";
    var all = Stream.iterate(1, i -> i + 1).limit(paths).map(path::formatted).toList();
    var wanted =
        IngressTunnels.of(
            Manifest.read(
                Ingress.class,
                "metadata: {namespace: a, name: a}\nspec: {rules: [{host: a.test, http: {paths: "
                    + all
                    + "}}]}"));

    assertThat(wanted.tunnels()).hasSize(paths > 100 ? 0 : 1);
    assertThat(wanted.problems().stream().map(Verdict::message))
        .isEqualTo(
            paths > 100
                ? List.of("host a.test: 101 paths are too many, the most are 100")
                : List.of());
  }

  @Test
  void longNamesStayDifferentNames() {
    var names =
        Stream.of("x", "y")
            .map(last -> "n".repeat(252) + last)
            .map(name ->
                "metadata: {namespace: a, name: %s}\nspec: {defaultBackend: {service: {name: web}}}"
                    .formatted(name))
            .map(text -> IngressTunnels.of(Manifest.read(Ingress.class, text)).tunnels().getFirst())
            .map(tunnel -> tunnel.getMetadata().getName())
            .toList();

    assertThat(names)
        .doesNotHaveDuplicates()
        .allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(253));
  }

  private static Ingress ofClass(String name) {
    return Manifest.read(
        Ingress.class, "metadata: {name: a}\nspec: {ingressClassName: " + name + "}");
  }

  private static Ingress read(String file) throws IOException {
    return Manifest.read(Ingress.class, Files.readString(GOLDEN.resolve(file)));
  }
}
