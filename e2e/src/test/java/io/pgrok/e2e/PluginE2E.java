package io.pgrok.e2e;

import static java.util.regex.Pattern.compile;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.e2e.command.Command;
import io.pgrok.e2e.install.Installation;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kubectl pgrok} as somebody types it, where a browser is opened. The rest of the plugin is
 * in the guide, whose commands {@link GuideE2E} runs.
 */
@ExtendWith(PgrokExtension.class)
class PluginE2E {

  private final Pgrok pgrok;

  @TempDir private Path folder;
  private Path opened;

  PluginE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @BeforeEach
  void aTunnelIsInspected() throws IOException {
    var tunnel =
        Files.writeString(
            folder.resolve("tunnel.yaml"),
            """
            apiVersion: pgrok.io/v1alpha1
            kind: Tunnel
            metadata: {name: inspected, namespace: %s}
            spec:
              subdomain: inspected
              service: {name: web}
              inspect: true
            """
                .formatted(Pgrok.NAMESPACE));
    pgrok.tools().kubectl("apply", "--filename", tunnel.toString()).output();
    Wait.until(() -> assertThat(pgrok.visitorOf("inspected").isServed()).isTrue());

    opened = folder.resolve("opened");
    var browser = folder.resolve("browser");
    Files.writeString(browser, "#!/bin/sh\necho \"$1\" >%s\n".formatted(opened));
    assertThat(browser.toFile().setExecutable(true)).isTrue();
  }

  @AfterEach
  void delete() {
    pgrok.delete("inspected");
  }

  @Test
  void inspectOpensTheInspectorOfTheAgentThatCarriesTheTunnel() throws Exception {
    pgrok.visitorOf("inspected").get("/looked-at?how=closely");

    var output = folder.resolve("inspect.txt");
    var inspect = plugin("inspect", "inspected").background(output);
    try {
      Wait.until(() -> assertThat(page(output)).isPresent());
      var page = page(output).orElseThrow();
      assertThat(get(page)).contains("<title>pgrok");
      assertThat(get(page.resolve("/api/requests"))).contains("/looked-at?how=closely");
      Wait.until(() -> assertThat(opened).hasContent(page.toString()));
    } finally {
      inspect.descendants().forEach(ProcessHandle::destroy);
      inspect.destroy();
      inspect.waitFor();
    }
  }

  @Test
  void openOpensTheUrl() {
    var url = plugin("open", "inspected").output();

    assertThat(url).startsWith("http://inspected." + Installation.DOMAIN);
    Wait.until(() -> assertThat(opened).hasContent(url));
  }

  private Command plugin(String... words) {
    var tools = pgrok.tools();
    var path =
        Stream.of(tools.repository().root().resolve("bin"), tools.kubectl().getParent())
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    return tools
        .kubectl(Stream.concat(Stream.of("pgrok"), Stream.of(words)).toArray(String[]::new))
        .with("PATH", path + File.pathSeparator + System.getenv("PATH"))
        .with("BROWSER", folder.resolve("browser").toString());
  }

  /** Where the inspector is, once it has been said. */
  private static Optional<URI> page(Path output) throws IOException {
    return compile("http://\\S+")
        .matcher(Files.readString(output))
        .results()
        .map(MatchResult::group)
        .map(URI::create)
        .findFirst();
  }

  private static String get(URI uri) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}
