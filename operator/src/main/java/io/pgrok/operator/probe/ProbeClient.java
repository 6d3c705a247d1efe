package io.pgrok.operator.probe;

import io.pgrok.operator.probe.Reachability.Answered;
import io.pgrok.operator.probe.Reachability.Failed;
import io.pgrok.operator.probe.Reachability.Failure;
import io.pgrok.operator.probe.Reachability.Unknown;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Asks one URL at a time for each thread that calls, and blocks it. Thread-safe. */
final class ProbeClient {

  /** Reserved on every tunnel of a pgrokd; neither a visit nor use. */
  static final String PATH = "/.well-known/pgrok/probe";

  private static final int NO_CONTENT = 204;

  /** Authorities change rarely; each client has a thread. */
  private static final int MAX_CLIENTS = 16;

  private final Duration timeout;
  private final Map<String, HttpClient> clients = new HashMap<>();

  ProbeClient(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * @param url public URL of a tunnel, http or https
   * @param authority PEM that is trusted besides the well-known ones; null for none
   */
  Reachability ask(URI url, @Nullable String authority) throws InterruptedException {
    if (isLocalName(url.getHost())) {
      return new Unknown("names below localhost lead elsewhere from inside the cluster");
    }
    try {
      return ask(client(authority), url);
    } catch (GeneralSecurityException e) {
      return new Failed(Failure.TLS_FAILED, "the server's ca.crt cannot be used: " + text(e));
    }
  }

  private synchronized HttpClient client(@Nullable String authority)
      throws GeneralSecurityException {
    String key = authority == null ? "" : authority;
    HttpClient known = clients.get(key);
    if (known != null) {
      return known;
    }
    if (clients.size() == MAX_CLIENTS) {
      clients.clear();
    }
    var builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (authority != null) {
      builder.sslContext(Trust.alsoIn(authority));
    }
    HttpClient made = builder.build();
    clients.put(key, made);
    return made;
  }

  private Reachability ask(HttpClient http, URI url) throws InterruptedException {
    var request = HttpRequest.newBuilder(url.resolve(PATH)).timeout(timeout).GET().build();
    long start = System.nanoTime();
    try {
      var response = http.send(request, BodyHandlers.discarding());
      return response.statusCode() == NO_CONTENT
          ? new Answered(Duration.ofNanos(System.nanoTime() - start))
          : new Failed(
              Failure.UNEXPECTED_ANSWER,
              "%s answered HTTP %d instead of %d"
                  .formatted(PATH, response.statusCode(), NO_CONTENT));
    } catch (HttpTimeoutException e) {
      return new Failed(Failure.TIMED_OUT, "no answer within %d s".formatted(timeout.toSeconds()));
    } catch (ConnectException e) {
      return hasCause(e, UnresolvedAddressException.class)
          ? new Failed(Failure.UNRESOLVABLE, "DNS does not know %s".formatted(url.getHost()))
          : new Failed(Failure.CONNECT_FAILED, text(e));
    } catch (SSLException e) {
      return new Failed(Failure.TLS_FAILED, text(e));
    } catch (IOException e) {
      return new Failed(Failure.CONNECT_FAILED, text(e));
    }
  }

  private static boolean isLocalName(@Nullable String host) {
    return host != null && (host.equals("localhost") || host.endsWith(".localhost"));
  }

  private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static String text(Throwable e) {
    return Objects.requireNonNullElseGet(e.getMessage(), () -> e.getClass().getSimpleName());
  }
}
