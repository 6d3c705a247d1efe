package io.pgrok.agent;

import io.pgrok.agent.cli.PgrokCommandLine;
import org.slf4j.LoggerFactory;

/** Entry point of {@code pgrok}. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    boolean serves = !PgrokCommandLine.isBrief(args);
    if (serves) {
      WarmUp.beforeLogging();
    }
    // Before a second thread asks for it: whoever comes while it is made gets a stand-in.
    LoggerFactory.getILoggerFactory();
    if (serves) {
      WarmUp.afterLogging();
    }
    System.exit(PgrokCommandLine.execute(args));
  }
}
