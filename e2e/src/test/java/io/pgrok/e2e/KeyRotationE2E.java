package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.pgrok.e2e.install.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The key that tokens are signed with changes while visitors come; no pod of pgrokd's restarts. */
@ExtendWith(PgrokExtension.class)
class KeyRotationE2E {

  private static final String JOB = "job/new-key";
  private static final String ACCEPTED = "pgrokd-accepted";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Pgrok pgrok;

  KeyRotationE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @AfterEach
  void deleteTheJob() {
    inNamespace("delete", JOB, "--ignore-not-found");
  }

  @Test
  void nobodyLosesARequestWhileTheSigningKeyChanges() throws Exception {
    Wait.until(() -> assertThat(pgrok.visitorOf("web").isServed()).isTrue());
    Wait.until(() -> assertThat(pgrok.visitorOf("app").isServed()).isTrue());
    var server = server();
    var before = sessions();
    var visitors =
        List.of(
            Load.start(2, () -> pgrok.visitorOf("web")),
            Load.start(2, () -> pgrok.visitorOf("app")));

    inNamespace("create", "job", "new-key", "--from=cronjob/pgrokd-new-key");
    inNamespace("wait", "--for=condition=Complete", JOB, "--timeout=2m");
    refresh(server);
    awaitReload(1);
    // It begins with the new key; one that runs would take it five minutes later.
    inNamespace("rollout", "restart", "deployment", "pgrok-operator");
    Wait.until(() -> assertThat(sessions()).isNotEmpty().doesNotContainAnyElementsOf(before));
    var renewed = sessions();

    forgetEarlierKeys();
    refresh(server);
    awaitReload(2);
    int[] then = visitors.stream().mapToInt(Load::answered).toArray();
    for (int i = 0; i < then.length; i++) {
      int atThatTime = then[i];
      var load = visitors.get(i);
      Wait.until(() -> assertThat(load.answered()).isGreaterThan(atThatTime + 100));
      assertThat(load.stop()).isEmpty();
      Measured.count("requests while the signing key changed, none lost", load.answered());
    }
    assertThat(sessions()).as("none had a token of the earlier key").isEqualTo(renewed);
    assertThat(server().getMetadata().getUid()).isEqualTo(server.getMetadata().getUid());
    assertThat(server().getStatus().getContainerStatuses())
        .allSatisfy(container ->
            assertThat(container.getRestartCount())
                .isEqualTo(server.getStatus().getContainerStatuses().getFirst().getRestartCount()));
  }

  private Pod server() {
    return pgrok.awaitReadyPod(Installation.NAMESPACE, "app.kubernetes.io/name", "pgrokd");
  }

  /** The agents that are connected: whoever gets another token begins another session. */
  private Set<String> sessions() {
    try {
      var sessions = new TreeSet<String>();
      for (JsonNode session :
          JSON.readTree(
              pgrok
                  .tools()
                  .kubectl(
                      "get",
                      "--raw",
                      "/api/v1/namespaces/%s/pods/%s:4444/proxy/api/sessions"
                          .formatted(Installation.NAMESPACE, server().getMetadata().getName()))
                  .output())) {
        sessions.add(session.path("client").asText());
      }
      return sessions;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kubelet looks at a pod's volumes when the pod changes; by itself within two minutes. */
  private void refresh(Pod pod) {
    inNamespace(
        "annotate",
        "pod",
        pod.getMetadata().getName(),
        "e2e.pgrok.io/refreshed=" + System.nanoTime(),
        "--overwrite");
  }

  private void awaitReload(int times) {
    Wait.until(() ->
        assertThat(inNamespace("logs", server().getMetadata().getName()).lines())
            .filteredOn(line -> line.contains("reloaded what=\"token keys\""))
            .hasSizeGreaterThanOrEqualTo(times));
  }

  /** As somebody does who knows that a key was seen by others. */
  private void forgetEarlierKeys() throws IOException {
    var secrets = pgrok.client().secrets().inNamespace(Installation.NAMESPACE);
    var accepted = secrets.withName(ACCEPTED).get();
    var keys = (ObjectNode) JSON.readTree(decoded(accepted.getData().get("jwks.json")));
    assertThat(keys.path("keys")).hasSizeGreaterThan(1);
    keys.set("keys", JSON.createArrayNode().add(keys.at("/keys/0")));
    secrets
        .resource(new SecretBuilder(accepted).addToStringData("jwks.json", keys.toString()).build())
        .update();
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private String inNamespace(String... command) {
    var all = new ArrayList<>(List.of("--namespace", Installation.NAMESPACE));
    all.addAll(List.of(command));
    return pgrok.tools().kubectl(all.toArray(String[]::new)).output();
  }
}
