package io.pgrok.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the chart writes into the operator's environment is what the operator reads. */
class ChartEnvironmentTest {

  @Test
  void everyValueOfTheChartArrives() throws IOException {
    var config =
        configured(
            Map.of(
                "sidecars.enabled", "false",
                "agent.image.repository", "registry.example.com/agent",
                "agent.image.tag", "1.2.3",
                "agent.image.pullPolicy", "Always",
                "sidecars.resources.requests.cpu", "7m",
                "sidecars.resources.limits.memory", "99Mi",
                "watch.namespaces[0]", "shop",
                "watch.namespaces[1]", "blog"));

    assertThat(config.namespace()).isEqualTo("here");
    assertThat(config.agent().secret()).isEqualTo("pgrok-agent");
    assertThat(config.agent().statusPort()).isEqualTo(4041);
    assertThat(config.sidecars().enabled()).isFalse();
    assertThat(config.agent().image()).isEqualTo("registry.example.com/agent:1.2.3");
    assertThat(config.agent().imagePullPolicy()).isEqualTo("Always");
    assertThat(config.sidecars().requests()).containsEntry("cpu", "7m");
    assertThat(config.sidecars().limits()).containsEntry("memory", "99Mi");
    assertThat(config.namespaces().orElseThrow()).containsExactlyInAnyOrder("shop", "blog");
  }

  @Test
  void byDefaultItServesAllNamespacesAndSidecars() throws IOException {
    var config = configured(Map.of());

    assertThat(config.sidecars().enabled()).isTrue();
    assertThat(config.namespaces()).isEmpty();
  }

  /** Unknown names of the chart fail here: the mapping takes none that it does not have. */
  private static OperatorConfig configured(Map<String, String> values) throws IOException {
    var environment = new HashMap<String, String>();
    for (EnvVar variable : environment(values)) {
      environment.put(
          variable.getName(), variable.getValue() == null ? "here" : variable.getValue());
    }
    return new SmallRyeConfigBuilder()
        .withSources(new EnvConfigSource(environment, 300), new PropertiesConfigSource(defaults()))
        .withDefaultValue("quarkus.application.version", "test")
        .addDefaultInterceptors()
        .addDiscoveredConverters()
        .withMapping(OperatorConfig.class)
        .build()
        .getConfigMapping(OperatorConfig.class);
  }

  private static URL defaults() {
    return ChartEnvironmentTest.class.getClassLoader().getResource("application.properties");
  }

  private static List<EnvVar> environment(Map<String, String> values) {
    var template =
        new Helm(Path.of("../helm/pgrok-operator"))
            .template()
            .withName("pgrok")
            .withNamespace("here")
            .withKubeVersion("1.34.0");
    values.forEach(template::set);
    List<Object> objects = new ArrayList<>();
    for (String document : template.call().split("(?m)^---$")) {
      objects.add(Serialization.unmarshal(new ByteArrayInputStream(document.getBytes(UTF_8))));
    }
    return objects.stream()
        .filter(Deployment.class::isInstance)
        .map(Deployment.class::cast)
        .filter(deployment -> deployment.getMetadata().getName().endsWith("operator"))
        .findFirst()
        .orElseThrow()
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getEnv()
        .stream()
        .filter(variable -> variable.getName().startsWith("PGROK_"))
        .toList();
  }
}
