package io.pgrok.bench;

import io.pgrok.bench.Result.Sample;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** What this project wants to reach, beside what a run has seen. */
final class Goals {

  private static final String OWN = "pgrok";
  private static final String INSPECTED = "pgrok, inspected";
  private static final int KIB_OF_MIB = 1024;

  private final StringBuilder table =
      new StringBuilder(
          "\n**Against the goals**\n\n| Goal | Wanted | Seen | |\n|---|---|---|---|\n");
  private final Report report;

  private Goals(Report report) {
    this.report = report;
  }

  /** A table in Markdown: each goal, and whether it was reached, missed or not measured. */
  static String table(Report report) {
    Goals goals = new Goals(report);
    goals.throughput();
    goals.others();
    goals.memory();
    goals.starts();
    return goals.table.toString();
  }

  private void throughput() {
    OptionalDouble keepAlive = rate(Workload.KEEP_ALIVE);
    atLeast("keep-alive requests × two nginx hops", 1.8, keepAlive);
    atMost("their CPU × two nginx hops", 0.6, cpu(Workload.KEEP_ALIVE));
    atLeast("over HTTPS × that", 0.8, quotient(rate(Workload.HTTPS), keepAlive));
    atLeast("over HTTP/2 × that", 0.8, quotient(rate(Workload.HTTP2), keepAlive));
    atLeast("new connections × two nginx hops", 1.1, rate(Workload.NEW_CONNECTIONS));
    atLeast("1 MB responses × two nginx hops", 1.1, rate(Workload.MEGABYTE));
    atLeast("one bulk stream × the best other", 1.1, bulk());
    atMost("its CPU × two nginx hops", 1.0, cpu(Workload.BULK));
    atMost("one visitor's p50 × two nginx hops", 1.1, p50(Workload.ONE_VISITOR));
  }

  private void others() {
    OptionalDouble rivals = values(Scenario.HALF_RATE, "p99", report::isRival).min();
    OptionalDouble own = own(Scenario.HALF_RATE, "p99");
    atMost("p99 at half rate × the best other tunnel", 1.0, quotient(own, rivals));
    atMost(
        "round trips of a new connection over a long link",
        1.5,
        own(Scenario.DELAY, "in round trips"));
    atLeast(
        "keep-alive requests while inspected × not",
        0.85,
        quotient(
            report.ratio(Workload.KEEP_ALIVE, INSPECTED, Sample::perSecond),
            rate(Workload.KEEP_ALIVE)));
  }

  private void memory() {
    atMost("KiB for an idle tunnel, both sides", 40, sides(Scenario.IDLE_TUNNELS));
    atMost("KiB for an idle visitor, both sides", 30, sides(Scenario.IDLE_VISITORS));
    report
        .result(OWN)
        .ifPresent(result -> {
          double server = result.after().server();
          double client = result.after().client();
          atMost("server's memory after × before", 1.2, some(server / result.idle().server()));
          atMost("client's memory after × before", 1.2, some(client / result.idle().client()));
          atMost("server's memory after, MiB", 128, some(server / KIB_OF_MIB));
        });
  }

  private void starts() {
    atMost(
        "server listens after, ms, from its launcher", 500, own(Scenario.COLD, "server listens"));
    atMost(
        "client is ready after, ms, from its launcher", 600, own(Scenario.COLD, "client is ready"));
    atLeast(
        "new connections in the first 2 s × two nginx hops",
        0.5,
        quotient(
            own(Scenario.COLD, "new connections"),
            values(Scenario.COLD, "new connections", Report.CEILING::equals).max()));
  }

  private OptionalDouble rate(Workload workload) {
    return report.ratio(workload, OWN, Sample::perSecond);
  }

  private OptionalDouble cpu(Workload workload) {
    return report.ratio(workload, OWN, Sample::cpuMicros);
  }

  private OptionalDouble p50(Workload workload) {
    return report.ratio(workload, OWN, Sample::p50Micros);
  }

  private OptionalDouble bulk() {
    ToDoubleFunction<Result> speed =
        result -> result.median(Workload.BULK, Sample::megabytesPerSecond);
    OptionalDouble best =
        report.results().stream()
            .filter(result -> result.peer().equals(Report.CEILING) || report.isRival(result.peer()))
            .mapToDouble(speed)
            .filter(value -> value > 0)
            .max();
    return quotient(report.result(OWN).stream().mapToDouble(speed).filter(v -> v > 0).max(), best);
  }

  private OptionalDouble own(Scenario scenario, String figure) {
    return values(scenario, figure, OWN::equals).max();
  }

  private OptionalDouble sides(Scenario scenario) {
    OptionalDouble server = own(scenario, "server");
    OptionalDouble client = own(scenario, "client");
    return server.isPresent() && client.isPresent()
        ? some(server.getAsDouble() + client.getAsDouble())
        : OptionalDouble.empty();
  }

  private DoubleStream values(Scenario scenario, String figure, Predicate<String> peer) {
    Map<Scenario, List<Figure>> figures = report.figures();
    return figures.getOrDefault(scenario, List.of()).stream()
        .filter(each -> each.name().equals(figure) && peer.test(each.peer()))
        .mapToDouble(Figure::value);
  }

  private static OptionalDouble quotient(OptionalDouble value, OptionalDouble of) {
    return value.isPresent() && of.isPresent() && of.getAsDouble() > 0
        ? some(value.getAsDouble() / of.getAsDouble())
        : OptionalDouble.empty();
  }

  private static OptionalDouble some(double value) {
    return OptionalDouble.of(value);
  }

  private void atLeast(String goal, double wanted, OptionalDouble seen) {
    row(goal, "at least " + text(wanted), seen, value -> value >= wanted);
  }

  private void atMost(String goal, double wanted, OptionalDouble seen) {
    row(goal, "at most " + text(wanted), seen, value -> value <= wanted);
  }

  private void row(String goal, String wanted, OptionalDouble seen, Predicate<Double> reached) {
    table.append(
        seen.isEmpty()
            ? "| %s | %s | – | not measured |\n".formatted(goal, wanted)
            : "| %s | %s | %s | %s |\n"
                .formatted(
                    goal,
                    wanted,
                    text(seen.getAsDouble()),
                    reached.test(seen.getAsDouble()) ? "reached" : "**missed**"));
  }

  private static String text(double value) {
    return value < 10 ? "%.2f".formatted(value) : "%,.0f".formatted(value);
  }
}
