package io.pgrok.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What is measured once for each peer, after the {@link Workload}s, and not by one driver alone.
 */
enum Scenario {
  COLD("from the start: time to listen, and new connections in the first 2 s", Cold::measure),
  HALF_RATE("requests at half of what the best other tunnel can do", HalfRate::measure),
  DELAY("a new connection, with 50 ms there and back between both sides", Delayed::measure),
  IDLE_VISITORS("memory for each of 10,000 visitors at rest", Idle::visitors),
  IDLE_TUNNELS("memory for each of 10,000 tunnels at rest", Idle::tunnels);

  /**
   * @param running peers, as the workloads have left them
   * @param results of the workloads
   */
  record Stage(Setup setup, Map<Peer, Pair> running, List<Result> results, int seconds) {}

  /** How. */
  interface Method {
    List<Figure> measure(Stage stage) throws IOException, InterruptedException;
  }

  private final String title;
  private final Method method;

  Scenario(String title, Method method) {
    this.title = title;
    this.method = method;
  }

  String title() {
    return title;
  }

  List<Figure> measure(Stage stage) throws IOException, InterruptedException {
    return method.measure(stage);
  }
}
