package io.pgrok.agent.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.pgrok.agent.inspect.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The inspector's page in a real browser: Debian's Chromium, or the one of PGROK_CHROMIUM. */
@Timeout(180)
class BrowserTest {

  private static final String HOSTILE = "<img src=x onerror=window.hacked=1>";

  private static Chromium chromium;

  private InspectedService inspected;
  private Page page;

  @BeforeAll
  static void open() {
    chromium = Chromium.open();
  }

  @AfterAll
  static void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    inspected = new InspectedService(Limits.LAPTOP);
    page = chromium.newPage();
    page.navigate(inspected.url());
  }

  @AfterEach
  void stop() {
    page.close();
    inspected.close();
  }

  private void choose(String path) {
    page.getByRole(AriaRole.OPTION)
        .filter(new com.microsoft.playwright.Locator.FilterOptions().setHasText(path))
        .first()
        .click();
  }

  private void press(String button) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button).setExact(true))
        .click();
  }

  @Test
  void aRequestAppearsWhileThePageIsOpen() throws Exception {
    assertThat(page.getByText("Waiting for requests")).isVisible();

    inspected.visit("GET", "/appears", "text/plain", "");

    assertThat(page.getByRole(AriaRole.OPTION)).containsText("/appears");
    choose("/appears");
    assertThat(page.locator(".tree")).containsText("\"ok\": true");
  }

  @Test
  void replayAsksTheServiceAgain() throws Exception {
    inspected.visit("POST", "/again", "text/plain", "body");
    choose("/again");

    press("Replay");

    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(2);
    assertThat(page.getByRole(AriaRole.OPTION).first()).containsText("replay");
    // The request shows as soon as it is sent; with an answer the service has it.
    assertThat(page.getByRole(AriaRole.OPTION).first()).containsText("200");
    assertThat(inspected.got()).hasSize(2);
    assertThat(inspected.got().get(1)).isEqualTo(inspected.got().get(0));
  }

  @Test
  void editAndReplaySendsTheEdit() throws Exception {
    inspected.visit("POST", "/before", "text/plain", "old");
    choose("/before");

    press("Edit and replay");
    page.getByLabel("Path").fill("/after");
    page.getByLabel("Body", new Page.GetByLabelOptions().setExact(true)).fill("new");
    press("Send");

    assertThat(page.getByRole(AriaRole.OPTION).first()).containsText("/after");
    assertThat(page.getByRole(AriaRole.OPTION).first()).containsText("200");
    assertThat(inspected.got().get(1))
        .isEqualTo(new InspectedService.Got("POST", "/after", "text/plain", "new"));
  }

  @Test
  void whatVisitorsAndServicesSendStaysText() throws Exception {
    inspected.says(
        200,
        "text/html",
        (HOSTILE + "<script>hacked=1</script>").getBytes(StandardCharsets.UTF_8),
        null);
    inspected.visit(
        "POST", "/%3Cimg%20src=x%3E?q=%3Cimg%20src=x%20onerror=hacked=1%3E", HOSTILE, HOSTILE);
    choose("/%3Cimg");
    assertThat(page.locator("pre")).containsText(HOSTILE);
    page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Request")).click();
    assertThat(page.getByText("<img src=x onerror=hacked=1>").first()).isVisible();
    assertThat(page.locator("td").getByText(HOSTILE).first()).isVisible();

    assertThat(page.evaluate("window.hacked === undefined")).isEqualTo(true);
    assertThat(page.locator(".details img").count()).isZero();
  }

  @Test
  void theFilterFindsWordsAndStatuses() throws Exception {
    inspected.visit("GET", "/fine", "text/plain", "");
    inspected.says(503, "text/plain", "broken".getBytes(StandardCharsets.UTF_8), null);
    inspected.visit("GET", "/broken", "text/plain", "");
    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(2);

    page.getByLabel("Filter requests").fill("status:5xx");

    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(1);
    assertThat(page.getByRole(AriaRole.OPTION)).containsText("/broken");
  }

  @Test
  void theKeyboardIsEnough() throws Exception {
    inspected.visit("GET", "/one", "text/plain", "");
    inspected.visit("GET", "/two", "text/plain", "");
    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(2);

    page.keyboard().press("j");
    assertThat(page.locator(".details h2")).containsText("/two");
    page.keyboard().press("j");
    assertThat(page.locator(".details h2")).containsText("/one");
    page.keyboard().press("r");
    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(3);
    page.keyboard().press("Escape");
    assertThat(page.locator(".details.placeholder")).isVisible();
  }

  @Test
  void theArchiveIsDownloaded() throws Exception {
    inspected.visit("GET", "/archived", "text/plain", "");
    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(1);

    Download download = page.waitForDownload(() -> page.locator(".bar a[download]").click());

    var har = new ObjectMapper().readTree(Files.readString(download.path()));
    assertThat(har.at("/log/entries/0/request/url").asText())
        .isEqualTo("https://shop.example.com/archived");
  }

  @Test
  void pauseAndClear() throws Exception {
    inspected.visit("GET", "/kept", "text/plain", "");
    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(1);
    press("Pause");
    assertThat(page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Paused")))
        .isVisible();
    inspected.visit("GET", "/not-kept", "text/plain", "");
    press("Clear");
    assertThat(page.getByText("Waiting for requests")).isVisible();
  }

  /** Run by the test, so that the picture in the docs is the page as it is. */
  @Test
  void looksGood() throws Exception {
    fill();
    Path pictures = Files.createDirectories(Path.of("target", "inspector"));
    page.setViewportSize(1280, 760);
    choose("/api/cart");
    assertThat(page.locator(".tree")).containsText("Teapot");
    page.screenshot(new Page.ScreenshotOptions().setPath(pictures.resolve("light.png")));
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    page.screenshot(new Page.ScreenshotOptions().setPath(pictures.resolve("dark.png")));
    page.setViewportSize(390, 760);
    page.screenshot(new Page.ScreenshotOptions().setPath(pictures.resolve("phone-details.png")));
    page.keyboard().press("Escape");
    page.screenshot(new Page.ScreenshotOptions().setPath(pictures.resolve("phone-list.png")));
    boolean fits =
        (Boolean)
            page.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth");
    assertThat(fits).as("fits a phone's width").isTrue();
  }

  private void fill() throws Exception {
    byte[] cart =
        """
        {"cart":{"id":"c-81","currency":"EUR","items":[{"sku":"T-1","name":"Teapot","price":24.5,\
        "stock":true},{"sku":"C-4","name":"Cup","price":6.0,"stock":false}],"voucher":null},"total":36.5}
        """
            .getBytes(StandardCharsets.UTF_8);
    inspected.says(200, "text/html", "<h1>Shop</h1>".getBytes(StandardCharsets.UTF_8), null);
    inspected.visit("GET", "/", "text/plain", "");
    inspected.visit("GET", "/assets/main.css?v=18", "text/plain", "");
    inspected.says(302, "text/plain", new byte[0], null);
    inspected.visit(
        "POST", "/login", "application/x-www-form-urlencoded", "user=mira&next=%2Fcart");
    inspected.says(404, "text/plain", "nothing here".getBytes(StandardCharsets.UTF_8), null);
    inspected.visit("GET", "/favicon.ico", "text/plain", "");
    inspected.says(200, "application/json", cart, null);
    inspected.visit(
        "PUT", "/api/cart/items/T-1?quantity=1", "application/json", "{\"quantity\":1}");
    inspected.visit("GET", "/api/cart", "text/plain", "");
    inspected.says(
        503,
        "application/json",
        "{\"error\":\"payment provider\"}".getBytes(StandardCharsets.UTF_8),
        null);
    inspected.visit(
        "POST", "/api/webhooks/payment", "application/json", "{\"event\":\"paid\",\"order\":4711}");
    assertThat(page.getByRole(AriaRole.OPTION)).hasCount(7);
  }
}
