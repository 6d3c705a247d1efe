package io.pgrok.agent;

import io.pgrok.agent.cli.PgrokCommandLine;

/** Entry point of {@code pgrok}. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(PgrokCommandLine.create().execute(args));
  }
}
