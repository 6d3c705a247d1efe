package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {

  @ParameterizedTest
  @CsvSource({
    "8080, 127.0.0.1, 8080",
    ":8080, 127.0.0.1, 8080",
    "web:80, web, 80",
    "web.shop.svc:80, web.shop.svc, 80",
    "[::1]:80, ::1, 80",
  })
  void readsEveryFormOfAnAddress(String text, String host, int port) {
    assertThat(HostPort.parse(text, "127.0.0.1")).isEqualTo(new HostPort(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "web",
        "web:",
        "web:0",
        "web:65536",
        "::1:80",
        "http://web:80",
        "a b:80",
        "web:-1",
        "web:80/path",
        "me@web:80",
        "web:８０"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostPort.parse(text, "127.0.0.1"))
        .withMessageContaining("must be");
  }
}
