package io.pgrok.agent.cli;

import io.pgrok.agent.status.Release;
import io.pgrok.protocol.message.ProtocolVersion;

/** What {@code pgrok version} prints. */
final class Version {

  private Version() {}

  static String current() {
    return "%s (protocol %s, %s)"
        .formatted(release(), ProtocolVersion.WIRE, ProtocolVersion.MAJOR_MINOR);
  }

  static String release() {
    return Release.current();
  }
}
