package io.pgrok.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.agent.config.HostPort;
import java.util.List;
import org.junit.jupiter.api.Test;

class InspectionTest {

  private static final InspectAddress ON_LOOPBACK =
      new InspectAddress.Listen(new HostPort("127.0.0.1", 4040));

  @Test
  void aPublicInspectorWithoutAPasswordGetsOneAndTellsIt() {
    try (Inspection inspection = new Inspection(ON_LOOPBACK, "", List.of("said before"))) {
      assertThat(inspection.notices()).hasSize(2).first().isEqualTo("said before");
      assertThat(inspection.notices().getLast())
          .matches("The public inspector asks for user and password: pgrok:\\S{16}");
    }
  }

  @Test
  void aPasswordThatWasGivenIsNotTold() {
    try (Inspection inspection = new Inspection(ON_LOOPBACK, "me:secret", List.of())) {
      assertThat(inspection.notices()).isEmpty();
    }
  }
}
