package io.pgrok.agent.net;

import io.pgrok.agent.config.HostPort;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Says in a sentence why a server could not be reached, and what to do about it. Pure. */
public final class DialFailure {

  private DialFailure() {}

  /** For people: log, status, terminal. */
  public static String describe(HostPort server, Throwable failure) {
    CertificateException certificate = find(failure, CertificateException.class);
    if (isUntrusted(failure)) {
      return "the certificate of %s is from an authority that is not trusted here: name its authority with -serverca FILE (server_ca in the configuration file); a pgrokd without a certificate of its own makes one and leaves the authority in dev-ca.crt in its data directory (~/.local/share/pgrok by default), copy that file here"
          .formatted(server);
    }
    if (certificate != null) {
      return "the certificate of %s does not fit: %s".formatted(server, text(certificate));
    }
    if (find(failure, UnknownHostException.class) != null) {
      return "the server's name cannot be resolved: " + server.host();
    }
    if (find(failure, SSLException.class) != null) {
      return "no TLS with %s: %s".formatted(server, text(failure));
    }
    if (find(failure, ConnectException.class) != null) {
      return "cannot connect to %s: %s".formatted(server, reason(failure));
    }
    return "cannot connect to %s: %s".formatted(server, text(failure));
  }

  private static boolean isUntrusted(Throwable failure) {
    return find(failure, CertPathBuilderException.class) != null
        || find(failure, CertPathValidatorException.class) != null;
  }

  private static String reason(Throwable failure) {
    String text = text(failure).toLowerCase(Locale.ROOT);
    if (text.contains("refused")) {
      return "connection refused; is pgrokd listening there?";
    }
    return text.contains("timed out") ? "no answer" : text(failure);
  }

  private static String text(Throwable failure) {
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  private static <T extends Throwable> @org.jspecify.annotations.Nullable T find(
      Throwable failure, Class<T> type) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++, cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
