package io.pgrok.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 0",
    "bytes=2-, 2, 9",
    "bytes=-3, 7, 9",
    "bytes=-99, 0, 9",
    "bytes=5-999, 5, 9"
  })
  void oneRangeIsAPart(String header, long from, long to) {
    assertThat(ByteRange.of(header, 10)).isEqualTo(new ByteRange.Part(from, to));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes=-",
        "bytes=3-1",
        "bytes=0-1,3-4",
        "lines=1-2",
        "bytes=99999999999999999999-"
      })
  void everythingElseIsTheWhole(String header) {
    assertThat(ByteRange.of(header, 10)).isEqualTo(new ByteRange.Whole());
  }

  @Test
  void behindTheEndThereIsNothing() {
    assertThat(ByteRange.of("bytes=10-", 10)).isEqualTo(new ByteRange.Nothing());
    assertThat(ByteRange.of("bytes=-0", 10)).isEqualTo(new ByteRange.Nothing());
    assertThat(ByteRange.of("bytes=-5", 0)).isEqualTo(new ByteRange.Nothing());
    assertThat(ByteRange.of(null, 10)).isEqualTo(new ByteRange.Whole());
  }
}
