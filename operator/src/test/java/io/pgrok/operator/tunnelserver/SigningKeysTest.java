package io.pgrok.operator.tunnelserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.grant.SigningKey;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SigningKeysTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final SigningKey FIRST = new SigningKey("first", "a");
  private static final SigningKey SECOND = new SigningKey("second", "b");
  private static final SigningKey THIRD = new SigningKey("third", "c");

  private final SigningKeys keys = new SigningKeys();

  @Test
  void firstKeyIsUsedAtOnce() {
    assertThat(keys.settle(server(FIRST), NOW))
        .satisfies(it -> assertThat(it.server().signingKey()).isEqualTo(FIRST))
        .satisfies(it -> assertThat(it.again()).isEmpty());
  }

  @Test
  void newKeyIsUsedWhenEveryPodOfTheServerKnowsIt() {
    keys.settle(server(FIRST), NOW);

    var meanwhile = keys.settle(server(SECOND), NOW.plusSeconds(60));
    assertThat(meanwhile.server().signingKey()).isEqualTo(FIRST);
    assertThat(meanwhile.again()).contains(SigningKeys.ROLL_OUT);

    var later = keys.settle(server(SECOND), NOW.plusSeconds(120));
    assertThat(later.server().signingKey()).isEqualTo(FIRST);
    assertThat(later.again()).contains(SigningKeys.ROLL_OUT.minus(Duration.ofMinutes(1)));

    var over = keys.settle(server(SECOND), NOW.plusSeconds(60).plus(SigningKeys.ROLL_OUT));
    assertThat(over.server().signingKey()).isEqualTo(SECOND);
    assertThat(over.again()).isEmpty();
  }

  @Test
  void thirdKeyMeanwhileBeginsAnotherRollOut() {
    keys.settle(server(FIRST), NOW);
    keys.settle(server(SECOND), NOW);

    var third = keys.settle(server(THIRD), NOW.plusSeconds(60));

    assertThat(third.server().signingKey()).isEqualTo(FIRST);
    assertThat(third.again()).contains(SigningKeys.ROLL_OUT);
  }

  @Test
  void keyThatIsTakenAwayIsNotUsedAnyMore() {
    keys.settle(server(FIRST), NOW);

    assertThat(keys.settle(server(null), NOW).server().signingKey()).isNull();
    assertThat(keys.settle(server(SECOND), NOW).server().signingKey()).isEqualTo(SECOND);
  }

  private static ServerConnection server(SigningKey key) {
    return new ServerConnection("main", "u", "a:1", "example.com", null, null, key, null);
  }
}
