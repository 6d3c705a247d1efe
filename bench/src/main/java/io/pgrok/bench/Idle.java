package io.pgrok.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the memory of both sides grows by for each of many that do nothing. */
final class Idle {

  private static final int MANY = 10_000;

  /** Fewer than one address may have. */
  private static final int PER_ADDRESS = 1_000;

  private static final int SETTLE_MILLIS = 8_000;

  /** Seconds for all tunnels to be registered. */
  private static final int TRIES = 60;

  private Idle() {}

  /** Each has had its answer, and could ask again. */
  static List<Figure> visitors(Scenario.Stage stage) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    for (Map.Entry<Peer, Pair> entry : stage.running().entrySet()) {
      Pair pair = entry.getValue();
      if (pair.server() != null) {
        Memory before = Memory.of(pair);
        List<Visitor> visitors = new ArrayList<>();
        try {
          for (int i = 0; i < MANY; i++) {
            Visitor visitor = new Visitor(pair, "127.0.1." + (1 + i / PER_ADDRESS), pair.host());
            visitors.add(visitor);
            visitor.ask();
          }
          Thread.sleep(SETTLE_MILLIS);
          Memory.of(pair).grownSince(before, entry.getKey(), figures);
        } catch (IOException e) {
          System.err.printf(
              "bench: %s, visitor %d: %s%n",
              entry.getKey().name(), visitors.size(), e.getMessage());
        } finally {
          for (Visitor visitor : visitors) {
            visitor.close();
          }
        }
      }
    }
    return figures;
  }

  /** This project only: others would need other configurations. */
  static List<Figure> tunnels(Scenario.Stage stage) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    for (Peer peer : stage.running().keySet()) {
      if (peer instanceof Pgrok pgrok && pgrok.mode() == Pgrok.Mode.DEFAULT) {
        // One less than a server lets a token have: the TCP tunnel counts too.
        with(stage, pgrok, MANY - 1).grownSince(with(stage, pgrok, 1), peer, figures);
      }
    }
    return figures;
  }

  private static Memory with(Scenario.Stage stage, Pgrok pgrok, int tunnels)
      throws IOException, InterruptedException {
    int tcp = Setup.freePort();
    int origin = stage.setup().origin();
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < tunnels; i++) {
      yaml.append(
          "  t%d: { subdomain: t%1$d, proto: { http: \"127.0.0.1:%d\" } }\n".formatted(i, origin));
    }
    yaml.append(
        "  raw: { remote_port: %d, proto: { tcp: \"127.0.0.1:%d\" } }\n".formatted(tcp, origin));
    Pair pair = pgrok.start(stage.setup().apart(Setup.Link.NONE), tcp, yaml.toString());
    try {
      awaitTunnel(pair, "t" + (tunnels - 1));
      Thread.sleep(SETTLE_MILLIS);
      return Memory.of(pair);
    } finally {
      pair.stop();
    }
  }

  /** The one named last is registered last. */
  private static void awaitTunnel(Pair pair, String name) throws IOException, InterruptedException {
    for (int tries = 0; ; tries++) {
      try (Visitor visitor = new Visitor(pair, "127.0.0.1", name + "." + Setup.DOMAIN)) {
        visitor.ask();
        return;
      } catch (IOException e) {
        if (tries == TRIES) {
          throw new IOException("tunnel %s: %s".formatted(name, e.getMessage()), e);
        }
        Thread.sleep(1_000);
      }
    }
  }

  /** In KiB. */
  private record Memory(long server, long client) {

    static Memory of(Pair pair) throws IOException {
      return new Memory(pair.serverUsage().memoryKib(), pair.clientUsage().memoryKib());
    }

    void grownSince(Memory before, Peer peer, List<Figure> figures) {
      double each = MANY;
      figures.add(new Figure(peer.name(), "server", (server - before.server) / each, "KiB"));
      figures.add(new Figure(peer.name(), "client", (client - before.client) / each, "KiB"));
    }
  }
}
