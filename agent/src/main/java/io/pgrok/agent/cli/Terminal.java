package io.pgrok.agent.cli;

/** Whether a person watches. */
final class Terminal {

  /** Set by the launcher, which can ask the shell whether standard output is a terminal. */
  private static final String PROPERTY = "pgrok.terminal";

  private Terminal() {}

  // JDK 25 made the plain console the default again, which is null where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  static boolean isInteractive() {
    String told = System.getProperty(PROPERTY, "");
    return told.isEmpty()
        ? System.console() != null && System.console().isTerminal()
        : Boolean.parseBoolean(told);
  }
}
