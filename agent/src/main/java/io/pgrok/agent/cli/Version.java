package io.pgrok.agent.cli;

import io.pgrok.protocol.message.ProtocolVersion;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What {@code pgrok version} prints. */
final class Version {

  private Version() {}

  static String current() {
    return "%s (protocol %s, %s)"
        .formatted(release(), ProtocolVersion.WIRE, ProtocolVersion.MAJOR_MINOR);
  }

  /** From the jar's manifest; there is none when classes are run from a folder. */
  static String release() {
    @Nullable String packaged = Version.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(packaged, "development");
  }
}
