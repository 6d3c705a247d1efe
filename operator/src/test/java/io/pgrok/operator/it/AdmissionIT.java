package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * What the API server says to manifests: {@code admission/valid} are taken; the first line of each
 * in {@code admission/invalid} is a comment with the sentence that refuses it.
 */
@QuarkusTest
@WithTestResource(ApiServer.class)
class AdmissionIT {

  private static final Path FIXTURES = Path.of("src/test/resources/admission");

  @Inject World world;

  @Test
  void validManifestsAreTaken() throws IOException {
    String ns = world.namespace();
    for (var file : files("valid")) {
      world.apply(ns, Files.readString(file));
    }
    world.client.resources(Tunnel.class).inNamespace(ns).delete();
    world.client.resources(TunnelAgent.class).inNamespace(ns).delete();
  }

  @Test
  void invalidManifestsAreRefusedWithASentence() throws IOException {
    String ns = world.namespace();
    var softly = new SoftAssertions();
    for (var file : files("invalid")) {
      String manifest = Files.readString(file);
      String sentence = manifest.lines().findFirst().orElseThrow().substring(1).strip();
      softly
          .assertThatThrownBy(() -> world.apply(ns, manifest))
          .as(file.getFileName().toString())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining(sentence);
    }
    softly.assertAll();
  }

  @Test
  void protocolIsHttpWhenLeftOut() throws IOException {
    String ns = world.namespace();
    world.apply(ns, Files.readString(FIXTURES.resolve("valid/service.yaml")));

    var stored = world.client.genericKubernetesResources("pgrok.io/v1alpha1", "Tunnel");

    assertThat(stored.inNamespace(ns).withName("service").get().<String>get("spec", "protocol"))
        .isEqualTo("http");
    world.client.resources(Tunnel.class).inNamespace(ns).delete();
  }

  private static List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(FIXTURES.resolve(folder))) {
      var found = files.sorted().toList();
      assertThat(found).isNotEmpty();
      return found;
    }
  }
}
