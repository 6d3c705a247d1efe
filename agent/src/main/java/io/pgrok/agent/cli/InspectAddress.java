package io.pgrok.agent.cli;

import io.pgrok.agent.api.ApiServer;
import io.pgrok.agent.config.HostPort;
import org.jspecify.annotations.Nullable;

/** Where the inspector listens. */
sealed interface InspectAddress {

  record Listen(HostPort address) implements InspectAddress {}

  /** On loopback, once a tunnel's configuration asks to be inspected. */
  record WhenAsked() implements InspectAddress {}

  record Disabled() implements InspectAddress {}

  /**
   * The flag beats the file, the file beats the default.
   *
   * @param cluster whether nobody sits in front of the agent
   * @throws IllegalArgumentException saying what to write instead
   */
  static InspectAddress of(@Nullable String flag, @Nullable String file, boolean cluster) {
    if (flag != null && !flag.isEmpty()) {
      return parse(flag);
    }
    if (file != null && !file.isEmpty()) {
      return parse(file);
    }
    return cluster ? new WhenAsked() : parse(ApiServer.DEFAULT_ADDRESS);
  }

  private static InspectAddress parse(String text) {
    return text.equals("disabled") ? new Disabled() : new Listen(HostPort.parse(text, "127.0.0.1"));
  }
}
