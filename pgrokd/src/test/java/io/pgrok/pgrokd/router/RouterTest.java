package io.pgrok.pgrokd.router;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {

  @ParameterizedTest
  @CsvSource({
    "a.test, a.test",
    "A.Test:8080, a.test",
    "a.test., a.test",
    "a.test.:80, a.test",
    "a.test:, a.test",
    "[::1]:80, [::1]",
    "[::1], [::1]",
    "127.0.0.1:1, 127.0.0.1",
  })
  void theHostOfAnAuthorityHasNoPort(String authority, String host) {
    assertThat(Router.hostOf(authority)).isEqualTo(host);
  }
}
