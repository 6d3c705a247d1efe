package io.pgrok.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Starts peers anew, and drives them at once. */
final class Cold {

  private static final int STARTS = 3;
  private static final int SECONDS = 2;

  private Cold() {}

  static List<Figure> measure(Scenario.Stage stage) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    for (Peer peer : stage.running().keySet()) {
      double[] server = new double[STARTS];
      double[] client = new double[STARTS];
      double[] rate = new double[STARTS];
      for (int i = 0; i < STARTS; i++) {
        Setup setup = stage.setup().apart(Setup.Link.NONE);
        Optional<Pair> started = peer.start(setup);
        if (started.isEmpty() || started.get().server() == null) {
          break;
        }
        Pair pair = started.get();
        server[i] = Objects.requireNonNull(pair.server()).millis();
        client[i] = Objects.requireNonNull(pair.client()).millis();
        rate[i] = Workload.NEW_CONNECTIONS.run(setup, pair, SECONDS).perSecond();
        pair.stop();
      }
      if (Figure.median(server) > 0) {
        figures.add(new Figure(peer.name(), "server listens", Figure.median(server), "ms"));
        figures.add(new Figure(peer.name(), "client is ready", Figure.median(client), "ms"));
        figures.add(new Figure(peer.name(), "new connections", Figure.median(rate), "a second"));
      }
    }
    return figures;
  }
}
