package io.pgrok.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.pgrok.e2e.install.Installation;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code deploy/job}: a Job that brings its agent along. */
@ExtendWith(PgrokExtension.class)
class JobE2E {

  private final Pgrok pgrok;

  JobE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @AfterEach
  void delete() {
    pgrok.client().batch().v1().jobs().inNamespace(Pgrok.NAMESPACE).withName("report").delete();
    pgrok.client().secrets().inNamespace(Pgrok.NAMESPACE).withName("report-tunnel").delete();
  }

  @Test
  void itIsServedWhileItRunsAndCompletesAllTheSame() {
    pgrok.client().resource(session()).create();
    pgrok.client().resource(job()).create();

    Wait.until(() -> assertThat(pgrok.visitorOf("report").isServed()).isTrue());
    Wait.until(() ->
        assertThat(
                pgrok
                    .client()
                    .batch()
                    .v1()
                    .jobs()
                    .inNamespace(Pgrok.NAMESPACE)
                    .withName("report")
                    .get()
                    .getStatus()
                    .getSucceeded())
            .isEqualTo(1));
  }

  private Job job() {
    var file = Repository.ofCurrentFolder().root().resolve("deploy/job/job.yaml").toFile();
    var job = pgrok.client().batch().v1().jobs().load(file).item();
    job.getMetadata().setNamespace(Pgrok.NAMESPACE);
    return job;
  }

  /** The session file, as the comment in the manifest describes it. */
  private Secret session() {
    var connection =
        pgrok
            .client()
            .secrets()
            .inNamespace(Installation.NAMESPACE)
            .withName("pgrokd-connection")
            .get();
    var file =
        """
        server_addr: %s
        auth_token: %s
        server_ca: |
        %s
        tunnels:
          report:
            subdomain: report
            proto: {http: 8080}
        """
            .formatted(
                text(connection, "address"),
                text(connection, "token"),
                text(connection, "ca.crt").strip().indent(2).stripTrailing());
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(Pgrok.NAMESPACE)
        .withName("report-tunnel")
        .endMetadata()
        .addToStringData("tunnel.yml", file)
        .build();
  }

  private static String text(Secret secret, String key) {
    return new String(Base64.getDecoder().decode(secret.getData().get(key)), UTF_8);
  }
}
