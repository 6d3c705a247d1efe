package io.pgrok.agent.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.pgrok.agent.inspect.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The inspector's page against WCAG 2.2 A and AA, as far as axe can tell. */
@Timeout(180)
class AccessibilityTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static Chromium chromium;
  private static String axe;

  private InspectedService inspected;
  private Page page;

  @BeforeAll
  static void open() throws IOException {
    try (InputStream script =
        Objects.requireNonNull(
            AccessibilityTest.class.getResourceAsStream("/axe.min.js"), "axe is not there")) {
      axe = new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
    chromium = Chromium.open();
  }

  @AfterAll
  static void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @AfterEach
  void stop() {
    page.close();
    inspected.close();
  }

  private void start(ColorScheme colours, int width) throws Exception {
    inspected = new InspectedService(Limits.LAPTOP);
    page = chromium.newPage();
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
    page.setViewportSize(width, 760);
    page.navigate(inspected.url());
    assertThat(page.getByText("Waiting for requests")).isVisible();
  }

  @ParameterizedTest
  @CsvSource({"LIGHT, 1280", "DARK, 1280", "LIGHT, 390", "DARK, 390"})
  void nothingOnThePageKeepsAnybodyOut(ColorScheme colours, int width) throws Exception {
    start(colours, width);
    assertThat(violations("empty")).isEmpty();

    say(404, "text/plain", "nothing here");
    inspected.visit("GET", "/favicon.ico", "text/plain", "");
    say(302, "text/html", "<h1>moved</h1>");
    inspected.visit("GET", "/moved", "text/plain", "");
    say(503, "application/xml", "<a b=\"c\"><d>e</d><f/></a>");
    inspected.visit("GET", "/broken", "text/plain", "");
    say(200, "application/json", "{\"a\": [1, true, null, \"text\"], \"b\": {\"c\": 1.5}}");
    inspected.visit("POST", "/cart?a=b", "application/x-www-form-urlencoded", "user=mira");
    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(4);
    assertThat(violations("list")).isEmpty();

    for (String path : List.of("/favicon.ico", "/moved", "/broken", "/cart")) {
      page.getByRole(AriaRole.OPTION)
          .filter(new com.microsoft.playwright.Locator.FilterOptions().setHasText(path))
          .click();
      assertThat(page.locator(".details h2")).containsText(path);
      assertThat(violations("response of " + path)).isEmpty();
      if (path.equals("/cart")) {
        break;
      }
      page.keyboard().press("Escape");
    }
    for (String tab : List.of("Request", "Timing")) {
      page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName(tab)).click();
      assertThat(violations(tab)).isEmpty();
    }
    page.keyboard().press("e");
    assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
    assertThat(violations("editor")).isEmpty();
    page.keyboard().press("Escape");
    // Gone, not only closed: until then keys are the editor's.
    assertThat(page.locator("dialog")).hasCount(0);
    page.keyboard().press("?");
    assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
    page.keyboard().press("p");
    assertThat(page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Paused")))
        .hasCount(1);
    assertThat(violations("help, paused")).isEmpty();
  }

  /** So that an empty list of violations means something. */
  @Test
  void whatKeepsSomebodyOutIsFound() throws Exception {
    start(ColorScheme.LIGHT, 1280);
    page.evaluate(
        "document.querySelector('#filter').removeAttribute('aria-label');"
            + "document.querySelector('#filter').removeAttribute('placeholder')");

    assertThat(violations("broken on purpose")).singleElement().asString().contains("label");
  }

  private void say(int status, String type, String body) {
    inspected.says(status, type, body.getBytes(StandardCharsets.UTF_8), null);
  }

  /** Rule, element and reason of each. */
  private List<String> violations(String where) throws IOException {
    page.evaluate(axe);
    JsonNode found =
        JSON.readTree(
            (String)
                page.evaluate(
                    """
                    axe.run(document, {
                      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
                    }).then(({violations}) => JSON.stringify(violations))
                    """));
    List<String> violations = new ArrayList<>();
    for (JsonNode rule : found) {
      for (JsonNode node : rule.path("nodes")) {
        violations.add(
            "%s: %s: %s: %s"
                .formatted(
                    where,
                    rule.path("id").asText(),
                    node.path("html").asText(),
                    node.path("failureSummary").asText()));
      }
    }
    return violations;
  }
}
