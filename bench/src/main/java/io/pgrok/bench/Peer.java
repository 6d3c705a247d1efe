package io.pgrok.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A way for visitors to the private service. */
interface Peer {

  String name();

  /**
   * Starts it and waits until it serves.
   *
   * @return empty when its programs are missing
   */
  Optional<Pair> start(Setup setup) throws IOException, InterruptedException;

  /** Whether it is a tunnel of somebody else: what this project is compared with. */
  default boolean isRival() {
    return false;
  }

  /**
   * @param spec a name, or {@code name=path} for one whose programs are not on the PATH; {@code
   *     pgrok=path} is another checkout of this project, to compare a change with
   */
  static Peer named(String spec) {
    String name = spec.contains("=") ? spec.substring(0, spec.indexOf('=')) : spec;
    String path = spec.contains("=") ? spec.substring(spec.indexOf('=') + 1) : "";
    return switch (name) {
      case "direct" -> new Baselines.Direct();
      case "nginx" -> new Baselines.TwoNginx();
      case "pgrok" -> new Pgrok(path.isEmpty() ? name : path, Path.of(path), Pgrok.Mode.DEFAULT);
      case "inspected" -> new Pgrok("pgrok, inspected", Path.of(path), Pgrok.Mode.INSPECTED);
      case "classic" -> new Pgrok("pgrok, classic mode", Path.of(path), Pgrok.Mode.CLASSIC);
      case "chisel" -> new Rivals.Chisel(path.isEmpty() ? name : path);
      case "rathole" -> new Rivals.Rathole(path.isEmpty() ? name : path);
      case "frp" -> new Rivals.Frp(Path.of(path));
      case "go" -> new Rivals.GoReference(Path.of(path));
      default ->
          throw new IllegalArgumentException(
              "no peer '%s': bench/run --help lists them".formatted(name));
    };
  }
}
