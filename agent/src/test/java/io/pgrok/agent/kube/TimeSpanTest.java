package io.pgrok.agent.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {

  @ParameterizedTest
  @CsvSource({"30m, PT30M", "2h, PT2H", "1h30m, PT1H30M", "7d, P7D", "45s, PT45S"})
  void isWrittenInUnits(String text, Duration duration) {
    assertThat(TimeSpan.parse(text).duration()).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "h", "2 h", "-2h", "0h", "400d", "99999999h", "2w"})
  void refusesWhatIsNone(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> TimeSpan.parse(text));
  }
}
