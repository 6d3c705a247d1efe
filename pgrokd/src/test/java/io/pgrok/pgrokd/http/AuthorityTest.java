package io.pgrok.pgrokd.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

  /** The grammar; what is tested reads it by hand. */
  private static final Pattern GRAMMAR =
      Pattern.compile("([A-Za-z0-9._~-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{0,5})?");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web.pgrok.me",
        "WEB",
        "a-b~c.d",
        "web:80",
        "web:",
        "web:99999",
        "192.0.2.1:8080",
        "[::1]",
        "[::1]:443",
        "[::1]:",
        "[::ffff:192.0.2.1]"
      })
  void namesAndAddressesWithOrWithoutPort(String text) {
    assertThat(Authority.isValid(text)).isTrue();
    assertThat(GRAMMAR.matcher(text).matches()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "web:800000",
        "web:8a",
        "web::80",
        "we b",
        "web/",
        "user@web",
        "wéb",
        "web,",
        "[]",
        "[:]",
        "[::1",
        "[::1]x",
        "[::g]",
        "::1",
        "[::1]:x",
        "web\t",
        "web:80:",
        "[",
        "]"
      })
  void nothingElse(String text) {
    assertThat(Authority.isValid(text)).isFalse();
    assertThat(GRAMMAR.matcher(text).matches()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"253, true", "254, false"})
  void namesAreAsLongAsNamesMayBe(int length, boolean valid) {
    assertThat(Authority.isValid("a".repeat(length))).isEqualTo(valid);
    assertThat(Authority.isValid("a".repeat(length) + ":1")).isEqualTo(valid);
  }

  @ParameterizedTest
  @CsvSource({"45, true", "46, false"})
  void addressesToo(int length, boolean valid) {
    assertThat(Authority.isValid("[" + "1".repeat(length) + "]")).isEqualTo(valid);
  }
}
