package io.pgrok.agent.config;

/** What becomes of a request. */
public sealed interface Destination {

  /** A private service gets it. */
  record Private(PrivateAddress address) implements Destination {}

  /**
   * The agent answers it.
   *
   * @param status 400 to 599
   */
  record Refusal(int status) implements Destination {}
}
