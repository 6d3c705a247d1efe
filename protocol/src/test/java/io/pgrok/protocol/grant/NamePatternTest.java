package io.pgrok.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {

  @ParameterizedTest
  @CsvSource({
    "web,            web,              true",
    "web,            WEB,              true",
    "web,            webs,             false",
    "*,              anything,         true",
    "*,              two.labels,       false",
    "pr-*,           pr-42,            true",
    "pr-*,           pr-,              true",
    "pr-*,           apr-42,           false",
    "pr-*-web,       pr-42-web,        true",
    "pr-*-web,       pr-web,           false",
    "*-a-*,          x-a-y,            true",
    "*-a-*,          xay,              false",
    "ab*ba,          aba,              false",
    "*.example.com,  a.example.com,    true",
    "*.example.com,  a.b.example.com,  false",
    "*.example.com,  example.com,      false",
  })
  void aStarStandsForARunWithinOneLabel(String pattern, String name, boolean matches) {
    assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a..b", "under_score", "sp ace", "[a-z]", "a/b", "ü"})
  void whatIsNoPatternIsRefusedWithAnExample(String text) {
    assertThatThrownBy(() -> NamePattern.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pr-*");
  }

  @Test
  void manyStarsDoNotMakeItSlow() {
    NamePattern pattern = NamePattern.of("*a".repeat(30) + "b");
    assertThat(pattern.matches("a".repeat(10_000))).isFalse();
  }
}
