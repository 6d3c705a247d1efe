package io.pgrok.agent.cli;

import java.util.List;
import java.util.Set;

/** The words that are commands. */
final class Commands {

  static final List<String> ALL =
      List.of("start", "start-all", "up", "list", "kube", "version", "completion", "help");

  /** Those that open no tunnel. */
  static final Set<String> BRIEF = Set.of("list", "kube", "version", "completion", "help");

  private Commands() {}
}
