package io.pgrok.agent.status;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which agent this is. */
public final class Release {

  private Release() {}

  /** From the jar's manifest; there is none when classes are run from a folder. */
  public static String current() {
    @Nullable String packaged = Release.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(packaged, "development");
  }
}
