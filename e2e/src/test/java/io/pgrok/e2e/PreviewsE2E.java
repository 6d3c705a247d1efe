package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.e2e.command.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code deploy/previews/flux} for real: Flux's own controllers follow a git repository that this
 * test serves. The first run builds them from Go modules, which takes some minutes.
 */
@ExtendWith(PgrokExtension.class)
class PreviewsE2E {

  private static final List<String> CONTROLLERS =
      List.of("source-controller", "kustomize-controller");
  private static final String CONTROLLERS_FILE = "e2e/src/test/resources/flux/controllers.yaml";
  private static final String PREVIEW = "pr-42-web";

  private final Pgrok pgrok;

  @TempDir private Path folder;
  private GitServer server;
  private Path checkout;

  PreviewsE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @BeforeEach
  void fluxFollowsARepository() throws IOException {
    Optional<InetAddress> here = pgrok.cluster().addressOfThisMachine();
    Assumptions.assumeTrue(
        here.isPresent(),
        () ->
            "no way from %s to this machine's git server".formatted(pgrok.cluster().description()));
    installFlux();
    server = GitServer.start(here.get(), folder);
    checkout = repository();
    kubectl(
        "apply", "--server-side", "--filename", checkout + "/deploy/previews/flux/previews.yaml");
  }

  @AfterEach
  void fluxGoes() throws IOException {
    // The finalizers of its resources are its own: they go while it is there to take them off.
    kubectl("delete", "kustomizations,gitrepositories", "--all", "--namespace", "flux-system");
    kubectl("delete", "--ignore-not-found", "--filename", CONTROLLERS_FILE);
    crds().forEach(crds -> kubectl("delete", "--ignore-not-found", "--filename", crds));
    server.close();
  }

  @Test
  void aBranchHasItsPreviewUntilItGoes() throws Exception {
    var visitor = pgrok.visitorOf(PREVIEW);
    assertThat(visitor.status()).hasValue(404);

    var pushed = Instant.now();
    push("preview/42", "The first of 42.");
    Wait.until(() -> assertThat(visitor.isServed()).isTrue());
    Measured.print(
        "preview by Flux, from push to first 200", Duration.between(pushed, Instant.now()));
    var page = visitor.get("/");
    assertThat(page.body()).contains("The first of 42.");
    assertThat(page.headers().firstValue("X-Robots-Tag")).hasValue("noindex");
    Wait.until(
        () -> assertThat(kustomization("preview-42")).isEqualTo("True ReconciliationSucceeded"));

    push("preview/42", "The second of 42.");
    Wait.until(() -> assertThat(visitor.page()).contains("The second of 42."));

    var deleted = Instant.now();
    git("push", "--quiet", "origin", "--delete", "preview/42");
    syncPreviews();
    Wait.until(() -> assertThat(visitor.status()).hasValue(404));
    Wait.until(() ->
        assertThat(kubectl("get", "namespaces", "--output", "name")).doesNotContain("preview-42"));
    Measured.print(
        "preview by Flux, from deletion to nothing left", Duration.between(deleted, Instant.now()));
    Wait.until(() -> assertThat(fluxResources()).doesNotContain("preview-42"));
    assertThat(pgrok.visitorOf("web").isServed()).isTrue();
  }

  /** Flux judges by kstatus: it does not call a preview ready whose Tunnel cannot be served. */
  @Test
  void aPreviewThatCannotBeServedIsReported() throws IOException {
    commitOn(
        "preview/broken",
        "deploy/previews/app/tunnel.yaml",
        "name: web\n",
        "name: web\n    port: 9\n",
        2);
    syncPreviews();

    Wait.until(
        () -> assertThat(kustomization("preview-broken")).startsWith("False HealthCheckFailed"));
  }

  private void push(String branch, String message) throws IOException {
    commitOn(branch, "deploy/previews/app/app.yaml", "-message=[^\"]*", "-message=" + message, 1);
    syncPreviews();
  }

  /** Changes the last of {@code times} places of a file on a branch, and pushes that. */
  private void commitOn(String branch, String file, String pattern, String by, int times)
      throws IOException {
    git("checkout", "--quiet", "-B", branch);
    var path = checkout.resolve(file);
    var text = Files.readString(path);
    var matcher = java.util.regex.Pattern.compile(pattern).matcher(text);
    for (int i = 0; i < times; i++) {
      assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
    }
    Files.writeString(
        path, text.substring(0, matcher.start()) + by + text.substring(matcher.end()));
    git("commit", "--quiet", "--all", "--message", "Change the preview");
    git("push", "--quiet", "--force", "origin", branch);
    git("checkout", "--quiet", "main");
  }

  /** What the application's CI does when branches come and go. */
  private void syncPreviews() {
    inCheckout("deploy/previews/flux/sync-previews", server.url("shop.git")).output();
  }

  /** The application's repository, with a copy of the previews' files in which polling is quick. */
  private Path repository() throws IOException {
    var bare = folder.resolve("shop.git");
    run(folder, "git", "init", "--quiet", "--bare", "--initial-branch=main", bare.toString());
    run(folder, "git", "clone", "--quiet", bare.toString(), "shop");
    var clone = folder.resolve("shop");
    var deploy = pgrok.installation().repository().root().resolve("deploy");
    try (Stream<Path> files = Files.walk(deploy.resolve("previews"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var copy = clone.resolve("deploy").resolve(deploy.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.writeString(
            copy,
            Files.readString(file)
                .replace("interval: 1m", "interval: 2s")
                .replace("https://github.com/example/shop.git", server.url("shop.git")));
        assertThat(copy.toFile().setExecutable(Files.isExecutable(file))).isTrue();
      }
    }
    checkout = clone;
    git("config", "user.name", "test");
    git("config", "user.email", "test@example.com");
    git("checkout", "--quiet", "-B", "main");
    git("add", "--all");
    git("commit", "--quiet", "--message", "An application with previews");
    git("push", "--quiet", "origin", "main");
    syncPreviews();
    return clone;
  }

  private void installFlux() {
    var repository = pgrok.installation().repository();
    pgrok
        .cluster()
        .load(
            CONTROLLERS.stream()
                .map(name ->
                    repository
                        .command("deploy/local-cluster/flux/image", name)
                        .within(Duration.ofMinutes(40))
                        .output())
                .map(Path::of)
                .toList());
    crds().forEach(crds -> kubectl("apply", "--server-side", "--filename", crds));
    kubectl("apply", "--server-side", "--filename", CONTROLLERS_FILE);
    for (var name : CONTROLLERS) {
      kubectl(
          "rollout", "status", "deployment/" + name, "--namespace", "flux-system", "--timeout=2m");
    }
  }

  private List<String> crds() {
    return pgrok
        .installation()
        .repository()
        .command("deploy/local-cluster/flux/crds")
        .output()
        .lines()
        .toList();
  }

  private String fluxResources() {
    return kubectl(
        "get", "kustomizations,gitrepositories", "--namespace", "flux-system", "--output", "name");
  }

  /** Status and reason of its condition Ready. */
  private String kustomization(String name) {
    return pgrok
        .tools()
        .kubectl(
            "get",
            "kustomization",
            name,
            "--namespace",
            "flux-system",
            "--output",
            "jsonpath={range .status.conditions[?(@.type==\"Ready\")]}{.status} {.reason}{end}")
        .result()
        .output();
  }

  private void git(String... words) {
    inCheckout(Stream.concat(Stream.of("git"), Stream.of(words)).toArray(String[]::new)).output();
  }

  private Command inCheckout(String... words) {
    words[0] = words[0].startsWith("deploy/") ? checkout.resolve(words[0]).toString() : words[0];
    return Command.of(checkout, words);
  }

  private static void run(Path directory, String... words) {
    Command.of(directory, words).output();
  }

  private String kubectl(String... words) {
    return pgrok.tools().kubectl(words).output();
  }
}
