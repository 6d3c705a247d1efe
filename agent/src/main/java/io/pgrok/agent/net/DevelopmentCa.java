package io.pgrok.agent.net;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where pgrokd leaves the authority that it makes for itself at its first start without a
 * certificate. An agent of the same user trusts it, so that both work on a laptop without options.
 */
public final class DevelopmentCa {

  private DevelopmentCa() {}

  /** In the XDG data home; it need not exist. */
  public static Path path() {
    return path(System.getenv(), System.getProperty("user.home", ""));
  }

  static Path path(Map<String, String> environment, String home) {
    String dataHome = environment.getOrDefault("XDG_DATA_HOME", "");
    Path base = dataHome.isEmpty() ? Path.of(home, ".local", "share") : Path.of(dataHome);
    return base.resolve("pgrok").resolve("dev-ca.crt");
  }
}
