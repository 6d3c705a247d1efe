package io.pgrok.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pgrok.bench.Result.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The outcome as a table in Markdown, as JSON and as a picture.
 *
 * @param rivals names of the peers that are other people's tunnels
 * @param seconds of each measurement
 */
record Report(
    List<Result> results,
    List<Workload> workloads,
    Map<Scenario, List<Figure>> figures,
    Set<String> rivals,
    int seconds) {

  static final String CEILING = "two nginx hops";
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
    memory(out);
    figures.forEach((scenario, all) -> scenario(scenario, all, out));
    for (Result result : results) {
      if (result.failures() > 0) {
        out.append("\n%s: %d failures\n".formatted(result.peer(), result.failures()));
      }
    }
    return out + Goals.table(this);
  }

  private void memory(StringBuilder out) {
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
  }

  private static void scenario(Scenario scenario, List<Figure> all, StringBuilder out) {
    List<String> columns = all.stream().map(Figure::name).distinct().toList();
    out.append("\n**%s**\n\n| |".formatted(scenario.title()));
    columns.forEach(column -> out.append(" %s |".formatted(column)));
    out.append("\n|---|").append("---|".repeat(columns.size())).append("\n");
    for (String peer : all.stream().map(Figure::peer).distinct().toList()) {
      out.append("| %s |".formatted(peer));
      all.stream()
          .filter(figure -> figure.peer().equals(peer))
          .forEach(figure -> out.append(" %s |".formatted(figure.text())));
      out.append("\n");
    }
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

  private String ratio(Workload workload, Result result, ToDoubleFunction<Sample> figure) {
    OptionalDouble ratio = ratio(workload, result.peer(), figure);
    return ratio.isEmpty() || result.peer().equals(DIRECT)
        ? ""
        : "%.2f".formatted(ratio.getAsDouble());
  }

  /** Against the ceiling, repetition by repetition, since the machine's speed drifts. */
  OptionalDouble ratio(Workload workload, String peer, ToDoubleFunction<Sample> figure) {
    List<Sample> own = samples(workload, peer);
    List<Sample> other = samples(workload, CEILING);
    double[] ratios = new double[Math.min(own.size(), other.size())];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(own.get(i)) / figure.applyAsDouble(other.get(i));
    }
    return ratios.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Figure.median(ratios));
  }

  private List<Sample> samples(Workload workload, String peer) {
    return result(peer)
        .map(result -> result.work().getOrDefault(workload.title(), List.of()))
        .orElse(List.of());
  }

  Optional<Result> result(String peer) {
    return results.stream().filter(result -> result.peer().equals(peer)).findFirst();
  }

  boolean isRival(String peer) {
    return rivals.contains(peer);
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
    all.put("scenarios", figures);
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(all);
  }

  /** Bars for each workload and scenario, the longest one as wide as the picture. */
  String picture() {
    Bars bars = new Bars();
    for (Workload workload : workloads) {
      boolean bytes = workload == Workload.BULK;
      bars.add(
          workload.title(),
          results.stream()
              .filter(result -> !result.peer().equals(DIRECT))
              .map(result ->
                  new Figure(
                      result.peer(),
                      "",
                      result.median(
                          workload, bytes ? Sample::megabytesPerSecond : Sample::perSecond),
                      bytes ? "MB/s" : ""))
              .toList());
    }
    figures.forEach((scenario, all) -> {
      for (String name : all.stream().map(Figure::name).distinct().toList()) {
        bars.add(
            scenario.title() + ": " + name,
            all.stream().filter(figure -> figure.name().equals(name)).toList());
      }
    });
    return bars.svg();
  }
}
