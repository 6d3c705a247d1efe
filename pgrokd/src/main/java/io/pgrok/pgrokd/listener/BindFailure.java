package io.pgrok.pgrokd.listener;

import java.net.BindException;
import java.util.Locale;

/** Why a port could not be opened, in words that name the fix. */
final class BindFailure {

  private BindFailure() {}

  /**
   * @param what the port as its user knows it: {@code -httpAddr :80}
   */
  static String sentence(String what, Throwable cause) {
    String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (reason.contains("in use")) {
      return what + ": the port is in use by another program; stop it or choose another port";
    }
    if (reason.contains("permission denied")) {
      return what
          + ": this user may not open ports below 1024; choose a higher port, or allow it"
          + " (setcap cap_net_bind_service=+ep on the java binary, or sysctl"
          + " net.ipv4.ip_unprivileged_port_start)";
    }
    if (cause instanceof BindException || reason.contains("assign requested address")) {
      return what + ": this machine has no such address";
    }
    return what + ": " + cause.getMessage();
  }
}
