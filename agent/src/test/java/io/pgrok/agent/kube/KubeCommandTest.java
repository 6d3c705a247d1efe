package io.pgrok.agent.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.agent.cli.ExitCode;
import io.pgrok.agent.cli.PgrokCommandLine;
import io.pgrok.protocol.share.ShareLink;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a program in kubectl's place that answers from files and writes down how it was called. */
class KubeCommandTest {

  private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void kubectl() throws IOException {
    Files.writeString(
        folder.resolve("kubectl"),
        """
        #!/bin/sh
        cd "$(dirname "$0")"
        echo "$*" >> calls
        for word; do
          case $word in
            get | logs) verb=$word ;;
            tunnels.pgrok.io | pods | secret) what=$word ;;
          esac
        done
        cat "$verb${what+-$what}" || exit 1
        """);
    assertThat(folder.resolve("kubectl").toFile().setExecutable(true)).isTrue();
  }

  @Test
  void listsTunnelsWithTargetsAndUrls() throws IOException {
    answer(
        "get-tunnels.pgrok.io",
        "{\"items\": [%s, %s]}"
            .formatted(
                tunnel("web", "\"service\": {\"name\": \"web\"}"),
                tunnel("app", "\"workload\": {\"kind\": \"Deployment\", \"name\": \"app\"}")));

    assertThat(run("list", "--all-namespaces")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines())
        .containsExactly(
            "NAMESPACE   NAME   READY   REASON       TARGET           URLS",
            "shop        web    True    Registered   service/web      https://web.example.com http://web.example.com",
            "shop        app    True    Registered   deployment/app   https://app.example.com http://app.example.com");
    assertThat(calls()).containsExactly("get tunnels.pgrok.io --all-namespaces --output json");
  }

  @Test
  void sharesALinkThatTheServerTakesUntilItExpires() throws IOException {
    answer(
        "get-tunnels.pgrok.io",
        tunnel("web", "\"access\": {\"share\": {}}, \"service\": {\"name\": \"web\"}"));
    answer("get-secret", "{\"data\": {\"key\": \"%s\"}}".formatted(base64(KEY)));
    Instant before = Instant.now();

    assertThat(run("-n", "shop", "share", "web", "--expires", "2h", "--path", "cart?a=b"))
        .isEqualTo(ExitCode.OK);

    URI link = URI.create(out.toString().strip());
    assertThat(link).hasScheme("https").hasHost("web.example.com").hasPath("/cart");
    String value = link.getQuery().replaceFirst("^a=b&pgrok_share=", "");
    ShareLink key = ShareLink.of(KEY);
    assertThat(key.check("web.example.com", value, before.plus(Duration.ofMinutes(119))))
        .isInstanceOf(ShareLink.Verdict.Good.class);
    assertThat(key.check("web.example.com", value, Instant.now().plus(Duration.ofHours(2))))
        .isInstanceOf(ShareLink.Verdict.Expired.class);
    assertThat(calls())
        .containsExactly(
            "--namespace=shop get tunnels.pgrok.io web --output json",
            "--namespace=shop get secret web-share --output json");
  }

  @Test
  void saysThatATunnelAsksForNoLink() throws IOException {
    answer("get-tunnels.pgrok.io", tunnel("web", "\"service\": {\"name\": \"web\"}"));

    assertThat(run("share", "web")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString()).contains("it needs spec.access: {share: {}}");
  }

  @Test
  void saysHowATimeIsWritten() {
    assertThat(run("share", "web", "--expires", "soon")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("--expires=soon: write a time as 30m, 2h, 1h30m or 7d");
  }

  @Test
  void printsTheLinesOfTheAgentAboutThisTunnel() throws IOException {
    answer("get-tunnels.pgrok.io", tunnel("web", "\"service\": {\"name\": \"web\"}"));
    answer("get-pods", pods("edge", "pgrok-agent-1", "agent"));
    answer(
        "logs",
        """
        a tunnel=shop/web url=x
        b tunnel=shop/web2 url=x
        c tunnel=shop/web
        d session=default
        """);

    assertThat(run("logs", "web")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines())
        .containsExactly("a tunnel=shop/web url=x", "c tunnel=shop/web");
    assertThat(calls())
        .last()
        .isEqualTo("logs --namespace=edge pod/pgrok-agent-1 --container=agent");
  }

  @Test
  void findsTheSidecarOfTheTunnelsWorkload() throws IOException {
    answer(
        "get-tunnels.pgrok.io",
        tunnel("app", "\"workload\": {\"kind\": \"Deployment\", \"name\": \"app\"}"));
    answer("get-pods", pods("shop", "app-1", "app"));
    answer("logs", "x tunnel=shop/app\n");

    assertThat(run("logs", "app")).isEqualTo(ExitCode.OK);

    assertThat(calls()).last().isEqualTo("logs --namespace=shop pod/app-1 --container=pgrok");
  }

  @Test
  void findsTheAgentsOfTheTunnelsTunnelAgentAndNoOthers() throws IOException {
    answer(
        "get-tunnels.pgrok.io",
        tunnel("web", "\"service\": {\"name\": \"web\"}, \"agent\": \"fast\""));
    answer("get-pods", pods("shop", "pgrok-fast-1", "agent"));
    answer("logs", "x tunnel=shop/web\n");

    assertThat(run("logs", "web")).isEqualTo(ExitCode.OK);

    assertThat(calls()).contains("get pods --selector pgrok.io/agent=named --output json");
    assertThat(calls())
        .last()
        .isEqualTo("logs --namespace=shop pod/pgrok-fast-1 --container=agent");

    answer(
        "get-tunnels.pgrok.io",
        tunnel("web", "\"service\": {\"name\": \"web\"}, \"agent\": \"slow\""));
    assertThat(run("logs", "web")).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void saysThatNoAgentRuns() throws IOException {
    answer("get-tunnels.pgrok.io", tunnel("web", "\"service\": {\"name\": \"web\"}"));
    answer("get-pods", "{\"items\": []}");

    assertThat(run("logs", "web")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString()).contains("no running pod with label pgrok.io/agent");
  }

  @Test
  void leavesWhatKubectlSaysToKubectl() {
    assertThat(run("open", "web")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString()).contains("kubectl ended with status 1");
  }

  @Test
  void saysThatThereIsNoKubectl() {
    int status =
        PgrokCommandLine.create()
            .setErr(new PrintWriter(err, true))
            .execute("kube", "list", "--kubectl", folder.resolve("none").toString());

    assertThat(status).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("install kubectl, or say where it is with --kubectl");
  }

  private int run(String... words) {
    String command = List.of(words).stream().filter(KubeCommandTest::isCommand).findFirst().get();
    List<String> all = new java.util.ArrayList<>(List.of("kube", command, "--kubectl"));
    all.add(folder.resolve("kubectl").toString());
    List.of(words).stream().filter(word -> !word.equals(command)).forEach(all::add);
    return PgrokCommandLine.create()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private static boolean isCommand(String word) {
    return List.of("list", "open", "logs", "share").contains(word);
  }

  private void answer(String to, String json) throws IOException {
    Files.writeString(folder.resolve(to), json);
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(folder.resolve("calls"));
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static String tunnel(String name, String spec) {
    return """
    {
      "metadata": {"name": "%1$s", "namespace": "shop"},
      "spec": {%2$s},
      "status": {
        "url": "https://%1$s.example.com",
        "urls": ["http://%1$s.example.com", "https://%1$s.example.com"],
        "conditions": [{"type": "Ready", "status": "True", "reason": "Registered"}]
      }
    }
    """
        .formatted(name, spec);
  }

  private static String pods(String namespace, String name, String container) {
    return """
    {"items": [{
      "metadata": {
        "name": "%2$s", "namespace": "%1$s",
        "annotations": {"pgrok.io/workload": "Deployment/app", "pgrok.io/tunnel-agent": "fast"}
      },
      "spec": {"containers": [{"name": "%3$s"}]},
      "status": {"phase": "Running"}
    }]}
    """
        .formatted(namespace, name, container);
  }
}
