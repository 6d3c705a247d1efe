package io.pgrok.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What visitors do. */
enum Workload {
  KEEP_ALIVE("HTTP by Host, keep-alive, 64 connections", "/1k", 64),
  HTTPS("the same over HTTPS", "/1k", 64),
  HTTP2("the same over HTTP/2, 64 connections", "/1k", 64),
  NEW_CONNECTIONS("a new connection for each request, 32 at once", "/1k", 32),
  MEGABYTE("1 MB responses, 8 connections", "/1m", 8),
  BULK("one bulk TCP stream", "/64m", 1),
  ONE_VISITOR("one visitor, one request at a time", "/1k", 1);

  /**
   * What a run brought.
   *
   * @param perSecond requests
   * @param megabytesPerSecond of responses
   * @param p50Micros half of the requests took no longer
   * @param failures connections that broke and answers that were no 2xx
   */
  record Outcome(
      double perSecond,
      double megabytesPerSecond,
      double p50Micros,
      double p99Micros,
      long requests,
      long failures) {}

  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
  private static final Pattern BYTES = Pattern.compile("Transfer/sec:\\s+([\\d.]+)([KMG]?)B");
  private static final Pattern P50 = Pattern.compile("\\n\\s+50%\\s+([\\d.]+)(us|ms|s)");
  private static final Pattern P99 = Pattern.compile("\\n\\s+99%\\s+([\\d.]+)(us|ms|s)");
  private static final Pattern BROKEN =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
  private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
  private static final Pattern H2_RATE = Pattern.compile("finished in [^,]+, ([\\d.]+) req/s");
  private static final Pattern H2_COUNT =
      Pattern.compile("(\\d+) succeeded, (\\d+) failed, (\\d+) errored, (\\d+) timeout");
  private static final Pattern H2_MEAN =
      Pattern.compile("time for request:\\s+\\S+\\s+\\S+\\s+([\\d.]+)(us|ms|s)");

  private final String title;
  private final String path;
  private final int connections;

  Workload(String title, String path, int connections) {
    this.title = title;
    this.path = path;
    this.connections = connections;
  }

  String title() {
    return title;
  }

  /** Where this peer takes such visitors; null for nowhere. */
  @Nullable String url(Pair pair) {
    return switch (this) {
      case HTTPS, HTTP2 -> pair.httpsUrl();
      case BULK -> pair.tcpUrl();
      default -> pair.url();
    };
  }

  /** Drives a peer for some seconds. */
  Outcome run(Setup setup, Pair pair, int seconds) throws IOException, InterruptedException {
    String program = this == HTTP2 ? "h2load" : "wrk";
    List<String> command =
        new ArrayList<>(
            setup
                .tools()
                .find(program)
                .orElseThrow(() -> new IOException(program + " is missing")));
    if (this == HTTP2) {
      command.addAll(
          List.of(
              "-t1", "-c" + connections, "-m1", "-D" + seconds, "-H:authority: " + pair.host()));
    } else {
      command.addAll(
          List.of(
              "-t1",
              "-c" + connections,
              "-d" + seconds + "s",
              "--latency",
              "-HHost: " + pair.host()));
    }
    if (this == NEW_CONNECTIONS) {
      command.add("-HConnection: close");
    }
    command.add(url(pair) + path);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(said);
    }
    return this == HTTP2 ? ofH2load(said, seconds) : ofWrk(said);
  }

  private static Outcome ofWrk(String said) {
    Matcher broken = BROKEN.matcher(said);
    long failures = number(REFUSED, said);
    if (broken.find()) {
      for (int i = 1; i <= 4; i++) {
        failures += Long.parseLong(broken.group(i));
      }
    }
    Matcher bytes = BYTES.matcher(said);
    double megabytes = 0;
    if (bytes.find()) {
      megabytes =
          Double.parseDouble(bytes.group(1))
              * switch (bytes.group(2)) {
                case "G" -> 1024;
                case "M" -> 1;
                case "K" -> 1 / 1024.0;
                default -> 1 / 1024.0 / 1024;
              };
    }
    return new Outcome(
        decimal(RATE, said),
        megabytes,
        micros(P50, said),
        micros(P99, said),
        number(REQUESTS, said),
        failures);
  }

  /** h2load tells no percentiles; its mean stands for the median. */
  private static Outcome ofH2load(String said, int seconds) {
    Matcher count = H2_COUNT.matcher(said);
    long failed = 0;
    if (count.find()) {
      failed = Long.parseLong(count.group(2)) + Long.parseLong(count.group(3));
    }
    double rate = decimal(H2_RATE, said);
    return new Outcome(
        rate, rate / 1024, micros(H2_MEAN, said), 0, Math.round(rate * seconds), failed);
  }

  private static long number(Pattern pattern, String text) {
    return (long) decimal(pattern, text);
  }

  private static double decimal(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  private static double micros(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return 0;
    }
    double value = Double.parseDouble(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> value * 1_000_000;
      case "ms" -> value * 1_000;
      default -> value;
    };
  }
}
