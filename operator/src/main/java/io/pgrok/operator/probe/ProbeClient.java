package io.pgrok.operator.probe;

import io.pgrok.operator.probe.Reachability.Answered;
import io.pgrok.operator.probe.Reachability.Failed;
import io.pgrok.operator.probe.Reachability.Failure;
import io.pgrok.operator.probe.Reachability.Unknown;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks one URL at a time for each thread that calls, and blocks it; each time over a new
 * connection, as a new visitor would. Thread-safe.
 *
 * <p>Not by {@link java.net.http.HttpClient}: that loses the exception of a failed TLS handshake
 * now and then (JDK 25: 2 in 3,000 with an answer in plain text) and reports a time-out instead.
 */
final class ProbeClient {

  /** Reserved on every tunnel of a pgrokd; neither a visit nor use. */
  static final String PATH = "/.well-known/pgrok/probe";

  /** Authorities change rarely. */
  private static final int MAX_AUTHORITIES = 16;

  private final Duration timeout;
  private final Map<String, SSLSocketFactory> trusting = new HashMap<>();

  /**
   * @param timeout for the connection, and again for the answer
   */
  ProbeClient(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * @param url public URL of a tunnel, http or https
   * @param authority PEM that is trusted besides the well-known ones; null for none
   */
  Reachability ask(URI url, @Nullable String authority) {
    if (isLocalName(url.getHost())) {
      return new Unknown("names below localhost lead elsewhere from inside the cluster");
    }
    try {
      var connection = (HttpURLConnection) url.resolve(PATH).toURL().openConnection();
      if (authority != null && connection instanceof HttpsURLConnection https) {
        https.setSSLSocketFactory(trusting(authority));
      }
      return ask(connection);
    } catch (GeneralSecurityException e) {
      return new Failed(Failure.TLS_FAILED, "the server's ca.crt cannot be used: " + text(e));
    } catch (SocketTimeoutException e) {
      return new Failed(Failure.TIMED_OUT, "no answer within %d s".formatted(timeout.toSeconds()));
    } catch (UnknownHostException e) {
      return new Failed(Failure.UNRESOLVABLE, "DNS does not know %s".formatted(url.getHost()));
    } catch (SSLException e) {
      return new Failed(Failure.TLS_FAILED, text(e));
    } catch (IOException e) {
      return new Failed(Failure.CONNECT_FAILED, text(e));
    }
  }

  private Reachability ask(HttpURLConnection connection) throws IOException {
    int millis = Math.toIntExact(timeout.toMillis());
    connection.setConnectTimeout(millis);
    connection.setReadTimeout(millis);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestProperty("Connection", "close");
    long start = System.nanoTime();
    try {
      int status = connection.getResponseCode();
      return status == HttpURLConnection.HTTP_NO_CONTENT
          ? new Answered(Duration.ofNanos(System.nanoTime() - start))
          : new Failed(
              Failure.UNEXPECTED_ANSWER,
              "%s answered HTTP %d instead of %d"
                  .formatted(PATH, status, HttpURLConnection.HTTP_NO_CONTENT));
    } finally {
      connection.disconnect();
    }
  }

  private synchronized SSLSocketFactory trusting(String authority) throws GeneralSecurityException {
    SSLSocketFactory known = trusting.get(authority);
    if (known != null) {
      return known;
    }
    if (trusting.size() == MAX_AUTHORITIES) {
      trusting.clear();
    }
    SSLSocketFactory made = Trust.alsoIn(authority).getSocketFactory();
    trusting.put(authority, made);
    return made;
  }

  private static boolean isLocalName(@Nullable String host) {
    return host != null && (host.equals("localhost") || host.endsWith(".localhost"));
  }

  private static String text(Throwable e) {
    return Objects.requireNonNullElseGet(e.getMessage(), () -> e.getClass().getSimpleName());
  }
}
