package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.pgrok.e2e.install.Installation;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pods end, some without a word; visitors are served again soon, and nobody has to do anything. */
@ExtendWith(PgrokExtension.class)
class RecoveryE2E {

  /** What the project promises for each of these. */
  private static final Duration PROMISE = Duration.ofSeconds(15);

  private final Pgrok pgrok;

  RecoveryE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @BeforeEach
  void bothTunnelsAreServed() {
    Wait.until(() -> assertThat(pgrok.visitorOf("web").isServed()).isTrue());
    Wait.until(() -> assertThat(pgrok.visitorOf("app").isServed()).isTrue());
  }

  @Test
  void sharedAgentDeleted() throws Exception {
    outage("shared agent deleted", "web", Role.SHARED_AGENT, this::delete);
  }

  @Test
  void sharedAgentCrashes() throws Exception {
    outage("shared agent crashed", "web", Role.SHARED_AGENT, this::crash);
  }

  @Test
  void podWithSidecarDeleted() throws Exception {
    outage("pod with sidecar deleted", "app", Role.SIDECAR, this::delete);
  }

  @Test
  void podWithSidecarCrashes() throws Exception {
    outage("pod with sidecar crashed", "app", Role.SIDECAR, this::crash);
  }

  @Test
  void serverDeletedAndTheSharedAgentReturns() throws Exception {
    outage("pgrokd deleted, shared agent", "web", Role.SERVER, this::delete);
  }

  @Test
  void serverDeletedAndTheSidecarReturns() throws Exception {
    outage("pgrokd deleted, sidecar", "app", Role.SERVER, this::delete);
  }

  @Test
  void serverCrashesAndTheSharedAgentReturns() throws Exception {
    outage("pgrokd crashed, shared agent", "web", Role.SERVER, this::crash);
  }

  @Test
  void serverCrashesAndTheSidecarReturns() throws Exception {
    outage("pgrokd crashed, sidecar", "app", Role.SERVER, this::crash);
  }

  private void outage(String what, String tunnel, Role role, Consumer<Pod> fault)
      throws InterruptedException {
    var victim = Wait.untilPresent(() -> role.pod(pgrok));
    var outage =
        Outage.after(
            () -> fault.accept(victim), pgrok.visitorOf(tunnel), () -> isReplaced(role, victim));
    Measured.print("outage, " + what, outage);
    assertThat(outage).isLessThan(PROMISE);
  }

  private boolean isReplaced(Role role, Pod victim) {
    return role.pod(pgrok)
        .filter(pod -> !pod.getMetadata().getUid().equals(victim.getMetadata().getUid()))
        .isPresent();
  }

  private void delete(Pod pod) {
    pgrok.client().resource(pod).delete();
  }

  private void crash(Pod pod) {
    assumeTrue(
        pgrok.cluster().canCrashPods(), () -> "no crashes on " + pgrok.cluster().description());
    pgrok.cluster().crashPod(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  /** Who is at fault, by the labels of its pods. */
  private enum Role {
    SERVER(Installation.NAMESPACE, "app.kubernetes.io/name", "pgrokd"),
    SHARED_AGENT(Installation.NAMESPACE, "pgrok.io/agent", "shared"),
    SIDECAR(Pgrok.NAMESPACE, "app", "app");

    private final String namespace;
    private final String label;
    private final String value;

    Role(String namespace, String label, String value) {
      this.namespace = namespace;
      this.label = label;
      this.value = value;
    }

    java.util.Optional<Pod> pod(Pgrok pgrok) {
      return pgrok.readyPod(namespace, label, value);
    }
  }
}
