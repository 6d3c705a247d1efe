package io.pgrok.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How many round trips between both sides of a peer a new visitor waits for. */
final class Delayed {

  private static final Duration ROUND_TRIP = Duration.ofMillis(50);
  private static final int VISITORS = 15;

  /** Whoever keeps connections in store has the time to make the next one. */
  private static final int PAUSE_MILLIS = 250;

  private Delayed() {}

  static List<Figure> measure(Scenario.Stage stage) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    for (Peer peer : stage.running().keySet()) {
      try (DelayLine line = new DelayLine(ROUND_TRIP)) {
        Optional<Pair> started = peer.start(stage.setup().apart(line));
        if (started.isPresent()) {
          double millis = newConnection(started.get());
          started.get().stop();
          figures.add(new Figure(peer.name(), "p50", millis, "ms"));
          figures.add(
              new Figure(peer.name(), "in round trips", millis / ROUND_TRIP.toMillis(), ""));
        }
      }
    }
    return figures;
  }

  private static double newConnection(Pair pair) throws IOException, InterruptedException {
    double[] millis = new double[VISITORS];
    for (int i = 0; i < VISITORS; i++) {
      Thread.sleep(PAUSE_MILLIS);
      long began = System.nanoTime();
      try (Visitor visitor = new Visitor(pair)) {
        visitor.ask();
      }
      millis[i] = (System.nanoTime() - began) / 1e6;
    }
    return Figure.median(millis);
  }
}
