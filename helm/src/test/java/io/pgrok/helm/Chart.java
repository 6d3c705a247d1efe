package io.pgrok.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One of the two charts, with the release name and namespace that the guide uses. */
enum Chart {
  PGROKD("pgrokd", "pgrokd", "domain: tunnels.example.com\n"),
  OPERATOR("pgrok-operator", "pgrok", "");

  static final YAMLMapper YAML = new YAMLMapper();
  static final String NAMESPACE = "edge";

  /** Only for the template's view of the API; any version that the charts support will do. */
  private static final String KUBERNETES = "1.34.0";

  final Path path;
  final String release;

  /** The values that have to be given. */
  final String required;

  Chart(String directory, String release, String required) {
    this.path = Path.of(directory);
    this.release = release;
    this.required = required;
  }

  /** The pod of {@code helm test}. */
  JsonNode checkPod(Path dir) throws IOException {
    return one(
        parse(textWithTests(dir, KUBERNETES, required)),
        it -> it.path("kind").asText().equals("Pod"));
  }

  /**
   * What is rendered with these values only, for that Kubernetes, and the pod of {@code helm test}.
   * The library leaves hooks out, so it gets a copy of the chart in which the pod is none.
   */
  String textWithTests(Path dir, String kubernetes, String valuesYaml) throws IOException {
    copy(path, dir);
    Path template = dir.resolve("templates/tests/check.yaml");
    Files.writeString(
        template,
        Files.readString(template)
            .lines()
            .filter(line -> !line.contains("helm.sh/hook:"))
            .collect(Collectors.joining("\n")));
    return render(dir, release, kubernetes, valuesYaml);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** What Helm makes of it with the values that have to be given, and these. */
  String text(String... valuesYaml) {
    return render(path, release, KUBERNETES, required + String.join("\n", valuesYaml));
  }

  /** The same of the chart in another place, such as a package. */
  String textOf(Path chart) {
    return render(chart, release, KUBERNETES, required);
  }

  String textOfRelease(String name) {
    return render(path, name, KUBERNETES, required);
  }

  List<JsonNode> objects(String... valuesYaml) {
    return parse(text(valuesYaml));
  }

  /** The one object of that kind and name. */
  JsonNode object(String kind, String name, String... valuesYaml) {
    return one(
        objects(valuesYaml),
        it ->
            it.path("kind").asText().equals(kind) && it.at("/metadata/name").asText().equals(name));
  }

  static List<JsonNode> parse(String yaml) {
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      return documents.readAll().stream().filter(JsonNode::isObject).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode one(Iterable<JsonNode> all, Predicate<JsonNode> wanted) {
    JsonNode found = null;
    for (JsonNode each : all) {
      if (wanted.test(each)) {
        if (found != null) {
          throw new AssertionError("more than one: " + found + each);
        }
        found = each;
      }
    }
    if (found == null) {
      throw new AssertionError("not there");
    }
    return found;
  }

  Helm helm() {
    return new Helm(path);
  }

  private static String render(Path chart, String releaseName, String kubernetes, String values) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        TemplateCommand command =
            new Helm(chart)
                .template()
                .withName(releaseName)
                .withNamespace(NAMESPACE)
                .withKubeVersion(kubernetes)
                .withValuesFile(file);
        return command.call();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
