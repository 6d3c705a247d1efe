package io.pgrok.operator.report;

/** Where the operator stands with one agent pod. */
public sealed interface Link {

  /** Not heard yet, and not for long enough to say that it is away. */
  record Connecting() implements Link {}

  /** The stream is open; this was its newest report. */
  record Live(Report report) implements Link {}

  /** It does not answer; it is tried again. */
  record Down(String error) implements Link {}
}
