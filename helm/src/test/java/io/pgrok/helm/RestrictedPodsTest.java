package io.pgrok.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every pod that a chart makes keeps the Pod Security Standard "restricted"
 * (kubernetes.io/docs/concepts/security/pod-security-standards), and a little more.
 */
class RestrictedPodsTest {
  private static final Set<String> VOLUMES =
      Set.of("configMap", "downwardAPI", "emptyDir", "projected", "secret");

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void podsKeepTheStandard(Chart chart) throws IOException {
    List<JsonNode> pods = pods(chart);

    for (JsonNode pod : pods) {
      for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
        assertThat(pod.path(host).asBoolean()).isFalse();
      }
      JsonNode context = pod.path("securityContext");
      assertThat(context.path("runAsNonRoot").asBoolean()).isTrue();
      assertThat(context.path("runAsUser").asInt()).isEqualTo(65532);
      assertThat(context.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
      for (JsonNode volume : pod.path("volumes")) {
        assertThat(VOLUMES).anyMatch(volume::has);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void containersKeepTheStandardAndCannotWriteToTheirImage(Chart chart) throws IOException {
    for (JsonNode pod : pods(chart)) {
      for (JsonNode container : containers(pod)) {
        JsonNode context = container.path("securityContext");
        assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(context.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(context.at("/capabilities/add").isMissingNode()).isTrue();
        assertThat(context.has("runAsUser")).isFalse();
        for (JsonNode port : container.path("ports")) {
          assertThat(port.has("hostPort")).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void containersSayWhatTheyNeedAndAreBoundedInMemory(Chart chart) throws IOException {
    for (JsonNode pod : pods(chart)) {
      for (JsonNode container : containers(pod)) {
        assertThat(container.at("/resources/requests/cpu").isTextual()).isTrue();
        assertThat(container.at("/resources/requests/memory").isTextual()).isTrue();
        assertThat(container.at("/resources/limits/memory").isTextual()).isTrue();
      }
    }
  }

  private List<JsonNode> pods(Chart chart) throws IOException {
    List<JsonNode> specs = new ArrayList<>();
    specs.add(chart.checkPod(dir).path("spec"));
    for (JsonNode object : chart.objects()) {
      if (object.path("kind").asText().equals("Deployment")) {
        specs.add(object.at("/spec/template/spec"));
      }
      if (object.path("kind").asText().equals("CronJob")) {
        specs.add(object.at("/spec/jobTemplate/spec/template/spec"));
      }
    }
    assertThat(specs).hasSizeGreaterThan(1);
    return specs;
  }

  private static List<JsonNode> containers(JsonNode pod) {
    List<JsonNode> all = new ArrayList<>();
    pod.path("initContainers").forEach(all::add);
    pod.path("containers").forEach(all::add);
    return all;
  }
}
