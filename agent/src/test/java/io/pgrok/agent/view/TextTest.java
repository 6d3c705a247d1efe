package io.pgrok.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {

  @Test
  void aTerminalObeysNothingThatOthersWrote() {
    assertThat(Text.harmless("a\033[2Jb\nc\u202ed\u009b31m")).isEqualTo("a?[2Jb?c?d?31m");
    assertThat(Text.harmless("grüße 日本")).isEqualTo("grüße 日本");
  }

  @Test
  void charactersTakeTheColumnsThatTerminalsGiveThem() {
    assertThat(Text.width("abc")).isEqualTo(3);
    assertThat(Text.width("日本")).isEqualTo(4);
    assertThat(Text.width("e\u0301")).isEqualTo(1);
    assertThat(Text.width("😀")).isEqualTo(2);
  }

  @Test
  void whatIsTooWideSaysThatSomethingIsMissing() {
    assertThat(Text.clip("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Text.clip("abcdef", 5)).isEqualTo("abcd…");
    assertThat(Text.clip("日本語", 4)).isEqualTo("日…");
    assertThat(Text.fit("ab", 4)).isEqualTo("ab  ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 20, 100})
  void linesAreBrokenWithoutLosingAnything(int columns) {
    String text = "the certificate of pgrok.me:4443 is not trusted 日本語 here";
    assertThat(Text.wrap(text, Math.max(2, columns)))
        .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(Math.max(2, columns)));
    assertThat(String.join("", Text.wrap(text, Math.max(2, columns))).replace(" ", ""))
        .isEqualTo(text.replace(" ", ""));
  }

  @Test
  void linesAreBrokenAtBlanks() {
    assertThat(Text.wrap("one two three", 7)).containsExactly("one two", "three");
    assertThat(Text.wrap("abcdefgh ij", 5)).containsExactly("abcde", "fgh", "ij");
  }
}
