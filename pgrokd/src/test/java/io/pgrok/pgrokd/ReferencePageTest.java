package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.config.Settings;
import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.protocol.frame.MessageDecoder;
import io.pgrok.protocol.http.ChunkScanner;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.http.HeadEnd;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;

/**
 * docs/reference/pgrokd.md says what the code does. Its tables of options, metrics and limits are
 * made from the code: {@code -Dreference.page=write} writes them anew.
 */
class ReferencePageTest {

  private static final Path PAGE = Path.of("..", "docs", "reference", "pgrokd.md");

  @TempDir Path dir;

  @Test
  void everyOptionIsListedWithItsVariableAndDefault() throws Exception {
    StringBuilder table = new StringBuilder();
    table.append("| Option | Environment | Default | |\n|---|---|---|---|\n");
    for (OptionSpec option : Main.commandLine().getCommandSpec().options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        table.append(
            "| `%s` | `%s` | %s | %s |\n"
                .formatted(
                    option.names()[0],
                    Settings.variable(Settings.name(option)),
                    option.defaultValue() == null ? "" : "`" + option.defaultValue() + "`",
                    meaning(option)));
      }
    }
    assertSection("options", table.toString());
  }

  /** Its help, without the default that has a column. */
  private static String meaning(OptionSpec option) {
    return String.join(" ", option.description())
        .replace(" (" + option.defaultValue() + ")", "")
        .replace("|", "\\|");
  }

  @Test
  void everyMetricIsListed() throws Exception {
    StringBuilder table = new StringBuilder("| Metric | Type | Labels | |\n|---|---|---|---|\n");
    try (TestServer server =
        TestServer.start(
            config -> Copy.of(config, "accessLog", dir.resolve("access.log").toString()))) {
      for (MetricSnapshot metric : server.server().metrics().scrape()) {
        table.append(
            "| `%s` | %s | %s | %s |\n"
                .formatted(
                    metric.getMetadata().getName() + suffix(metric),
                    type(metric),
                    labels(metric),
                    metric.getMetadata().getHelp()));
      }
    }
    assertSection("metrics", table.toString());
  }

  private static String suffix(MetricSnapshot metric) {
    return metric instanceof CounterSnapshot
        ? "_total"
        : metric instanceof InfoSnapshot ? "_info" : "";
  }

  private static String type(MetricSnapshot metric) {
    return metric instanceof CounterSnapshot
        ? "counter"
        : metric instanceof HistogramSnapshot ? "histogram" : "gauge";
  }

  private static String labels(MetricSnapshot metric) {
    List<String> names = new ArrayList<>();
    if (!metric.getDataPoints().isEmpty()) {
      metric
          .getDataPoints()
          .get(0)
          .getLabels()
          .forEach(label -> names.add("`" + label.getName() + "`"));
    } else {
      names.add("`reason`"); // so far of no session that ended
    }
    return String.join(", ", names);
  }

  @Test
  void everyTimeOutIsListedWithItsDefault() throws Exception {
    List<String> listed = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = Pattern.compile("^\\| `([a-z][A-Za-z]+)` \\| ([0-9.]+) \\|").matcher(line);
      if (row.find()) {
        listed.add(row.group(1) + "=" + Double.parseDouble(row.group(2)));
      }
    }
    List<String> known = new ArrayList<>();
    for (RecordComponent component : Timing.class.getRecordComponents()) {
      Duration time = (Duration) component.getAccessor().invoke(Timing.DEFAULT);
      known.add(component.getName() + "=" + time.toMillis() / 1000.0);
    }
    assertThat(listed).containsExactlyElementsOf(known);
  }

  /** Those that no option changes. */
  @Test
  void everyLimitIsListed() throws Exception {
    String table =
        """
        | Limit | Value |
        |---|---|
        | Head of a request or response, `1xx` before it included | %d bytes, %d fields (431, 502) |
        | Line of a chunk's size | %d bytes |
        | Streams of one HTTP/2 connection | %d |
        | Request bytes ahead of the service, of a request or raw connection and of an HTTP/2 connection | about %d, %d |
        | HTTP/2 streams that a visitor may reset in %d s | %d, then the connection ends |
        | HTTP/2 frames that ask for nothing, and faults, in %d s | %d, more for what is sent, then the connection ends |
        | Memory for network buffers in use, of `jvm_direct_buffers_max_bytes` | %d %%: then nobody else is let in, and who takes nothing for a second is cut off |
        | Frame of the wire protocol | %d bytes |
        | Proxy connections that wait, for each session | %d |
        | Visitors that wait for one, for each session | %d |
        | Links of a session | %d |
        | Streams of links that rest between two visitors, for each tunnel of a session | %d, for %d s |
        """
            .formatted(
                HeadEnd.MAX_LENGTH,
                Head.MAX_FIELDS,
                ChunkScanner.MAX_SIZE_LINE,
                constant("http.Http2Codec", "MAX_STREAMS"),
                constant("http.Http2Codec", "STREAM_WINDOW"),
                constant("http.Http2Connection", "CONNECTION_WINDOW"),
                constant("http.Http2Codec", "RESET_SECONDS"),
                constant("http.Http2Codec", "MAX_RESETS"),
                constant("http.FrameBudget", "SECONDS"),
                constant("http.FrameBudget", "FRAMES"),
                constant("limit.BufferMemory", "FULL"),
                MessageDecoder.MAX_LENGTH,
                constant("proxy.ProxyPool", "MAX_IDLE"),
                constant("proxy.ProxyPool", "MAX_WAITING"),
                constant("proxy.Links", "MAX"),
                constant("proxy.IdleStreams", "MAX"),
                constant("proxy.IdleStreams", "SECONDS"));
    assertSection("limits", table);
  }

  /** Of a package of its own: what is only for the page is not made public for it. */
  private static int constant(String type, String name) throws Exception {
    Field field = Class.forName("io.pgrok.pgrokd." + type).getDeclaredField(name);
    field.setAccessible(true);
    return field.getInt(null);
  }

  private static void assertSection(String name, String table) throws Exception {
    String page = Files.readString(PAGE);
    String begin = "<!-- " + name + ": made from the code -->\n";
    String end = "<!-- end -->";
    int from = page.indexOf(begin) + begin.length();
    int to = page.indexOf(end, from);
    if ("write".equals(System.getProperty("reference.page"))) {
      Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
    } else {
      assertThat(page.substring(from, to))
          .as("docs/reference/pgrokd.md is not of this code: test with -Dreference.page=write")
          .isEqualTo(table);
    }
  }
}
