package io.pgrok.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every permission that the charts' own accounts get, as one line each. A change shows in the file:
 * whoever adds a line has it looked at.
 */
class RbacTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PGROKD   | pgrokd.txt               | ''",
        "OPERATOR | operator.txt             | ''",
        "OPERATOR | operator-no-sidecars.txt | 'sidecars: {enabled: false}'",
        "OPERATOR | operator-no-secrets.txt  | 'tunnelSecrets: {enabled: false}'",
        "OPERATOR | operator-no-ingress.txt  | 'ingress: {enabled: false}'",
        "OPERATOR | operator-no-load-balancer.txt | 'loadBalancer: {enabled: false}'",
        "OPERATOR | operator-tunnels-only.txt | '{ingress: {enabled: false}, loadBalancer: {enabled: false}}'",
        "OPERATOR | operator-namespaces.txt  | 'sidecars: {namespaces: [shop, blog]}'",
        "OPERATOR | operator-watch.txt       | 'watch: {namespaces: [shop]}'"
      })
  void permissionsAreExactlyThese(Chart chart, String file, String values) throws IOException {
    List<JsonNode> objects = chart.objects(values);

    assertThat(String.join("\n", permissions(objects)) + "\n")
        .isEqualTo(Files.readString(Path.of("src/test/resources/rbac", file)));
  }

  private static Iterable<String> permissions(List<JsonNode> objects) {
    TreeSet<String> lines = new TreeSet<>();
    for (JsonNode binding : objects) {
      String kind = binding.path("kind").asText();
      if (!kind.equals("ClusterRoleBinding") && !kind.equals("RoleBinding")) {
        continue;
      }
      String where =
          kind.equals("ClusterRoleBinding")
              ? "everywhere"
              : "in " + binding.at("/metadata/namespace").asText();
      JsonNode role =
          Chart.one(
              objects,
              it ->
                  it.path("kind").equals(binding.at("/roleRef/kind"))
                      && it.at("/metadata/name").equals(binding.at("/roleRef/name")));
      assertThat(binding.path("subjects")).hasSize(1);
      for (JsonNode rule : role.path("rules")) {
        for (JsonNode resource : rule.path("resources")) {
          lines.add("%s: %s".formatted(where, permission(rule, resource.asText())));
        }
      }
    }
    return lines;
  }

  private static String permission(JsonNode rule, String resource) {
    String group = rule.at("/apiGroups/0").asText();
    List<String> verbs = texts(rule.path("verbs"));
    String names =
        rule.has("resourceNames")
            ? " named " + String.join(", ", texts(rule.path("resourceNames")))
            : "";
    assertThat(rule.path("apiGroups")).hasSize(1);
    return "%s%s%s: %s"
        .formatted(resource, group.isEmpty() ? "" : "." + group, names, String.join(", ", verbs));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(it -> texts.add(it.asText()));
    return texts;
  }
}
