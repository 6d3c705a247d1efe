package io.pgrok.agent.config;

/** What became of one configuration file. */
public sealed interface Loaded {

  /** It can be used. */
  record Good(SessionSpec spec) implements Loaded {}

  /**
   * It cannot; an earlier version goes on.
   *
   * @param error naming file, line and key
   */
  record Broken(String error) implements Loaded {}
}
