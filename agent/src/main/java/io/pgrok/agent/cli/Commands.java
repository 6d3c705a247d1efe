package io.pgrok.agent.cli;

import java.util.Iterator;
import java.util.List;

/** The words that are commands, for shell completion. */
final class Commands implements Iterable<String> {

  static final List<String> ALL =
      List.of("start", "start-all", "up", "list", "kube", "version", "completion", "help");

  @Override
  public Iterator<String> iterator() {
    return ALL.iterator();
  }
}
