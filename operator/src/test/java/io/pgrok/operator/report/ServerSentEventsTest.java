package io.pgrok.operator.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerSentEventsTest {

  private final List<String> data = new ArrayList<>();
  private int lines;

  @Test
  void dataIsWhatIsBetweenEmptyLines() throws IOException {
    read("event: status\ndata: one\n\ndata:two\r\n\r\n");

    assertThat(data).containsExactly("one", "two");
  }

  @Test
  void dataOfSeveralLinesIsJoined() throws IOException {
    read("data: a\ndata: b\n\n");

    assertThat(data).containsExactly("a\nb");
  }

  @Test
  void commentsAreSignsOfLifeOnly() throws IOException {
    read(": still here\n\n: still here\n\n");

    assertThat(data).isEmpty();
    assertThat(lines).isEqualTo(4);
  }

  @Test
  void eventThatIsCutOffIsDropped() throws IOException {
    read("data: whole\n\ndata: half");

    assertThat(data).containsExactly("whole");
  }

  @Test
  void endlessLineEndsTheStream() {
    assertThatThrownBy(() -> read("data: " + "x".repeat(200))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("data: xxxxxxxxxxxxxxxxxxxxx\n".repeat(10)))
        .isInstanceOf(IOException.class);
  }

  private void read(String stream) throws IOException {
    new ServerSentEvents(100, () -> lines++, bytes -> data.add(new String(bytes, UTF_8)))
        .read(new ByteArrayInputStream(stream.getBytes(UTF_8)));
  }
}
