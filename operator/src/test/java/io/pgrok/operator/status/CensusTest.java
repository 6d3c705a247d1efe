package io.pgrok.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class CensusTest {

  private static final ResourceID WEB = new ResourceID("web", "shop");
  private static final ResourceID API = new ResourceID("api", "shop");

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Census census = new Census(metrics);

  @Test
  void eachTunnelCountsOnceWhereItStands() {
    census.put(WEB, ready(Reason.REGISTERING));
    census.put(API, ready(Reason.REGISTERING));
    census.put(WEB, ready(Reason.REGISTERED));
    assertThat(gauge("Registering")).isEqualTo(1);
    assertThat(gauge("Registered")).isEqualTo(1);

    census.remove(API);
    census.remove(API);
    assertThat(gauge("Registering")).isZero();
  }

  @Test
  void aTunnelOfWhichNothingIsSaidYetDoesNotCount() {
    census.put(WEB, List.of());
    assertThat(metrics.get("pgrok.tunnels").gauges()).allMatch(gauge -> gauge.value() == 0);
  }

  private double gauge(String reason) {
    return metrics.get("pgrok.tunnels").tag("reason", reason).gauge().value();
  }

  private static List<Condition> ready(Reason reason) {
    return List.of(
        new ConditionBuilder()
            .withType("Ready")
            .withStatus("True")
            .withReason(reason.text())
            .build());
  }
}
