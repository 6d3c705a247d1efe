package io.pgrok.bench;

import io.pgrok.bench.Result.Memory;
import io.pgrok.bench.Result.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Runs peers side by side and says how they compare. See {@code bench/run --help}. */
public final class Bench {

  private static final String USAGE =
      """
      bench/run [options] [peer...]
        --seconds N   of each measurement (default 5)
        --warmup N    seconds of each workload before the first one (default 12)
        --repeat N    repetitions, of which the median counts (default 3)
        --only NAMES  of keep_alive,https,http2,new_connections,megabyte,bulk,one_visitor and
                      cold,half_rate,delay,idle_visitors,idle_tunnels (default: all)
        --out DIR     where performance.json and performance.svg go (default: a temporary one)
      Peers, in the order of the table (default: direct nginx pgrok classic inspected, and chisel and rathole
      where they are on the PATH): direct, nginx, pgrok[=checkout], inspected[=checkout],
      classic[=checkout], chisel[=program], rathole[=program], frp=directory, go=directory
      """;

  /** Memory is given back with a delay. */
  private static final int SETTLE_MILLIS = 20_000;

  /** For whoever was started to end by itself. */
  private static final int GOODBYE_SECONDS = 10;

  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<String> specs = new ArrayList<>();

  private Bench(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("--") && i + 1 < args.length) {
        options.put(args[i].substring(2), args[++i]);
      } else {
        specs.add(args[i]);
      }
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (Arrays.asList(args).contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    new Bench(args).run(Path.of(System.getProperty("bench.checkout", ".")));
  }

  private int option(String name, int otherwise) {
    return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
  }

  private <E extends Enum<E>> Set<E> chosen(Class<E> type) {
    String only = options.get("only");
    Set<E> all = EnumSet.allOf(type);
    if (only != null) {
      List<String> names = List.of(only.toUpperCase(Locale.ROOT).split(","));
      all.removeIf(each -> !names.contains(each.name()));
    }
    return all;
  }

  private Set<Workload> workloads() {
    return chosen(Workload.class);
  }

  private void run(Path checkout) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("pgrok-bench");
    Path out = Path.of(options.getOrDefault("out", directory.toString()));
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "pgrok", "bench");
    Tools tools = new Tools(cache);
    Optional<List<String>> nginx = tools.find("nginx");
    if (nginx.isEmpty() || tools.find("wrk").isEmpty() || tools.find("openssl").isEmpty()) {
      System.exit(1);
    }
    Path certificate = directory.resolve("bench.crt");
    Path key = directory.resolve("bench.key");
    Certificates.make(certificate, key);
    Setup setup =
        new Setup(
            checkout,
            directory,
            tools,
            Setup.freePort(),
            certificate,
            key,
            Setup.Link.NONE,
            Map.of());
    Runtime.getRuntime().addShutdownHook(new Thread(Bench::endAll));
    startOrigin(setup, nginx.get());
    Map<Peer, Pair> running = new LinkedHashMap<>();
    try {
      for (String spec : peers(tools)) {
        Peer peer = Peer.named(spec);
        System.err.printf("bench: starting %s%n", peer.name());
        try {
          peer.start(setup).ifPresent(pair -> running.put(peer, pair));
        } catch (IOException e) {
          System.err.printf("bench: without %s: %s%n", peer.name(), e.getMessage());
        }
      }
      List<Result> results = measure(setup, running);
      Map<Scenario, List<Figure>> figures = new EnumMap<>(Scenario.class);
      for (Scenario scenario : chosen(Scenario.class)) {
        System.err.printf("bench: %s%n", scenario.title());
        Scenario.Stage stage = new Scenario.Stage(setup, running, results, option("seconds", 5));
        try {
          figures.put(scenario, scenario.measure(stage));
        } catch (IOException e) {
          System.err.printf("bench: without %s: %s%n", scenario.title(), e.getMessage());
        }
      }
      Set<String> rivals =
          running.keySet().stream()
              .filter(Peer::isRival)
              .map(Peer::name)
              .collect(Collectors.toUnmodifiableSet());
      Report report =
          new Report(results, List.copyOf(workloads()), figures, rivals, option("seconds", 5));
      System.out.print(report.table());
      Files.createDirectories(out);
      Files.writeString(out.resolve("performance.json"), report.json());
      Files.writeString(out.resolve("performance.svg"), report.picture());
      System.err.printf("bench: written to %s%n", out);
    } finally {
      endAll();
    }
  }

  /** Whatever was started, however this ends: a peer that stays would take part in the next run. */
  private static void endAll() {
    List<ProcessHandle> started = ProcessHandle.current().descendants().toList();
    started.forEach(ProcessHandle::destroy);
    CompletableFuture<?>[] ends =
        started.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(ends).get(GOODBYE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      started.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private List<String> peers(Tools tools) throws IOException, InterruptedException {
    if (!specs.isEmpty()) {
      return specs;
    }
    List<String> all = new ArrayList<>(List.of("direct", "nginx", "pgrok", "classic", "inspected"));
    for (String optional : List.of("chisel", "rathole")) {
      if (tools.find(optional).isPresent()) {
        all.add(optional);
      }
    }
    return all;
  }

  private static void startOrigin(Setup setup, List<String> nginx)
      throws IOException, InterruptedException {
    Path files = Files.createDirectories(setup.directory().resolve("files"));
    Files.write(files.resolve("1k"), new byte[1 << 10]);
    Files.write(files.resolve("1m"), new byte[1 << 20]);
    Files.write(files.resolve("64m"), new byte[64 << 20]);
    setup.nginx(
        nginx,
        "nginx-origin",
        setup.origin(),
        "server { listen 127.0.0.1:%d; root %s; open_file_cache max=10; }"
            .formatted(setup.origin(), files));
  }

  private List<Result> measure(Setup setup, Map<Peer, Pair> running)
      throws IOException, InterruptedException {
    Map<Peer, Memory> idle = new LinkedHashMap<>();
    for (Map.Entry<Peer, Pair> entry : running.entrySet()) {
      Workload.ONE_VISITOR.run(setup, entry.getValue(), 1);
      idle.put(entry.getKey(), memory(entry.getValue()));
    }
    warmUp(setup, running);
    Map<Peer, Map<String, List<Sample>>> samples = new LinkedHashMap<>();
    for (int repetition = 1; repetition <= option("repeat", 3); repetition++) {
      for (Workload workload : workloads()) {
        for (Map.Entry<Peer, Pair> entry : running.entrySet()) {
          if (workload.url(entry.getValue()) != null) {
            samples
                .computeIfAbsent(entry.getKey(), _ -> new LinkedHashMap<>())
                .computeIfAbsent(workload.title(), _ -> new ArrayList<>())
                .add(sample(setup, workload, entry.getValue()));
          }
        }
        System.err.printf("bench: %d %s%n", repetition, workload.title());
      }
    }
    Thread.sleep(SETTLE_MILLIS);
    List<Result> results = new ArrayList<>();
    for (Map.Entry<Peer, Pair> entry : running.entrySet()) {
      Pair pair = entry.getValue();
      results.add(
          new Result(
              entry.getKey().name(),
              samples.getOrDefault(entry.getKey(), Map.of()),
              idle.getOrDefault(entry.getKey(), new Memory(0, 0)),
              memory(pair),
              new Memory(pair.serverUsage().peakKib(), pair.clientUsage().peakKib())));
    }
    return results;
  }

  private void warmUp(Setup setup, Map<Peer, Pair> running)
      throws IOException, InterruptedException {
    for (Workload workload : workloads()) {
      for (Pair pair : running.values()) {
        if (workload.url(pair) != null && pair.server() != null) {
          workload.run(setup, pair, option("warmup", 12));
        }
      }
    }
  }

  private Sample sample(Setup setup, Workload workload, Pair pair)
      throws IOException, InterruptedException {
    long server = pair.serverUsage().cpuMillis();
    long client = pair.clientUsage().cpuMillis();
    Workload.Outcome outcome = workload.run(setup, pair, option("seconds", 5));
    double requests = Math.max(1, outcome.requests());
    return new Sample(
        outcome.perSecond(),
        outcome.megabytesPerSecond(),
        outcome.p50Micros(),
        outcome.p99Micros(),
        (pair.serverUsage().cpuMillis() - server) * 1000 / requests,
        (pair.clientUsage().cpuMillis() - client) * 1000 / requests,
        outcome.failures());
  }

  private static Memory memory(Pair pair) throws IOException {
    return new Memory(pair.serverUsage().memoryKib(), pair.clientUsage().memoryKib());
  }
}
