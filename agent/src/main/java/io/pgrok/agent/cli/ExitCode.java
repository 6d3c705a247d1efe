package io.pgrok.agent.cli;

/** What the process says when it ends. */
public final class ExitCode {

  public static final int OK = 0;

  /** It could not start: a file, a port. */
  public static final int FAILED = 1;

  /** The command line or the configuration file cannot be understood. */
  public static final int USAGE = 2;

  private ExitCode() {}
}
