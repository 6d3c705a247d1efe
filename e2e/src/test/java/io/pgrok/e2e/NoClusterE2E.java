package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code ./quickstart --no-cluster}: the same on a laptop, without a cluster. */
class NoClusterE2E {

  @Test
  void publishesAServiceOfThisMachineAndCleansUp() {
    var run =
        Repository.ofCurrentFolder()
            .command("./quickstart", "--no-cluster", "--once")
            .within(Duration.ofMinutes(10))
            .result();

    assertThat(run.status()).as(run.output() + run.error()).isZero();
    assertThat(run.output())
        .contains("$ curl --silent --show-error --fail http://hello.pgrok.localhost:")
        .contains("Hello from a private service");
  }
}
