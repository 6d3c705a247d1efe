package io.pgrok.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pgrok.bench.Result.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The outcome as a table in Markdown, as JSON and as a picture.
 *
 * @param seconds of each measurement
 */
record Report(List<Result> results, List<Workload> workloads, int seconds) {

  private static final String CEILING = "two nginx hops";
  private static final String DIRECT = "direct";

  String table() {
    StringBuilder out = new StringBuilder();
    for (Workload workload : workloads) {
      out.append("\n**%s**\n\n".formatted(workload.title()));
      boolean bytes = workload == Workload.BULK;
      out.append(
          bytes
              ? "| | MB/s | × nginx | CPU ms/MB server + client | × nginx |\n|---|---|---|---|---|\n"
              : "| | req/s | × nginx | p50 | p99 | CPU µs/req server + client | × nginx |\n|---|---|---|---|---|---|---|\n");
      for (Result result : results) {
        if (result.median(workload, Sample::perSecond) > 0) {
          out.append(bytes ? bulk(workload, result) : requests(workload, result));
        }
      }
    }
    out.append(
        "\n**Memory, MB (server / client)**\n\n| | idle | peak | after |\n|---|---|---|---|\n");
    for (Result result : results) {
      if (!result.peer().equals(DIRECT)) {
        out.append(
            "| %s | %s | %s | %s |\n"
                .formatted(
                    result.peer(),
                    megabytes(result.idle()),
                    megabytes(result.peak()),
                    megabytes(result.after())));
      }
    }
    for (Result result : results) {
      if (result.failures() > 0) {
        out.append("\n%s: %d failures\n".formatted(result.peer(), result.failures()));
      }
    }
    return out.toString();
  }

  private String requests(Workload workload, Result result) {
    return "| %s | %,.0f | %s | %s | %s | %.0f + %.0f | %s |\n"
        .formatted(
            result.peer(),
            result.median(workload, Sample::perSecond),
            ratio(workload, result, Sample::perSecond),
            time(result.median(workload, Sample::p50Micros)),
            time(result.median(workload, Sample::p99Micros)),
            result.median(workload, Sample::serverMicros),
            result.median(workload, Sample::clientMicros),
            ratio(workload, result, Sample::cpuMicros));
  }

  private String bulk(Workload workload, Result result) {
    // One request is 64 MB.
    return "| %s | %,.0f | %s | %.2f + %.2f | %s |\n"
        .formatted(
            result.peer(),
            result.median(workload, Sample::megabytesPerSecond),
            ratio(workload, result, Sample::megabytesPerSecond),
            result.median(workload, Sample::serverMicros) / 64_000,
            result.median(workload, Sample::clientMicros) / 64_000,
            ratio(workload, result, Sample::cpuMicros));
  }

  /** Against the ceiling, repetition by repetition, since the machine's speed drifts. */
  private String ratio(
      Workload workload, Result result, java.util.function.ToDoubleFunction<Sample> figure) {
    Optional<Result> ceiling =
        results.stream().filter(other -> other.peer().equals(CEILING)).findFirst();
    if (ceiling.isEmpty() || result.peer().equals(DIRECT)) {
      return "";
    }
    List<Sample> own = result.work().getOrDefault(workload.title(), List.of());
    List<Sample> other = ceiling.get().work().getOrDefault(workload.title(), List.of());
    double[] ratios = new double[Math.min(own.size(), other.size())];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(own.get(i)) / figure.applyAsDouble(other.get(i));
    }
    java.util.Arrays.sort(ratios);
    return ratios.length == 0
        ? ""
        : "%.2f".formatted((ratios[(ratios.length - 1) / 2] + ratios[ratios.length / 2]) / 2);
  }

  private static String time(double micros) {
    return micros == 0
        ? "–"
        : micros < 1_000 ? "%.0f µs".formatted(micros) : "%.1f ms".formatted(micros / 1_000);
  }

  private static String megabytes(Result.Memory memory) {
    return "%d / %d".formatted(memory.server() / 1024, memory.client() / 1024);
  }

  String json() throws JsonProcessingException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("seconds", seconds);
    all.put("processors", Runtime.getRuntime().availableProcessors());
    all.put("results", results);
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(all);
  }

  /**
   * Bars of requests (or bytes) a second for each workload, the longest one as wide as the picture.
   */
  String picture() {
    StringBuilder bars = new StringBuilder();
    int y = 24;
    for (Workload workload : workloads) {
      double most =
          results.stream()
              .filter(result -> !result.peer().equals(DIRECT))
              .mapToDouble(result -> figure(workload, result))
              .max()
              .orElse(0);
      if (most == 0) {
        continue;
      }
      bars.append("<text class='h' x='0' y='%d'>%s</text>\n".formatted(y, workload.title()));
      y += 10;
      for (Result result : results) {
        double value = figure(workload, result);
        if (value > 0 && !result.peer().equals(DIRECT)) {
          bars.append(
              """
              <text x='0' y='%1$d'>%2$s</text>
              <rect class='%5$s' x='150' y='%3$d' width='%4$.0f' height='14'/>
              <text x='%6$.0f' y='%1$d'>%7$,.0f%8$s</text>
              """
                  .formatted(
                      y + 12,
                      result.peer(),
                      y,
                      value / most * 380,
                      result.peer().equals("pgrok") ? "us" : "they",
                      156 + value / most * 380,
                      value,
                      workload == Workload.BULK ? " MB/s" : ""));
          y += 20;
        }
      }
      y += 24;
    }
    return """
    <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 %d' font-family='sans-serif' font-size='12'>
    <style>text{fill:#667}.h{font-weight:bold}.us{fill:#2a7}.they{fill:#9ab}</style>
    %s</svg>
    """
        .formatted(y, bars);
  }

  private static double figure(Workload workload, Result result) {
    return result.median(
        workload, workload == Workload.BULK ? Sample::megabytesPerSecond : Sample::perSecond);
  }
}
