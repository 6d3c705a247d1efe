package io.pgrok.pgrokd.kubernetes;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks again while the API server is unavailable, in pauses that double from 0.25 s up to 5 s.
 *
 * @param patience how long all pauses of one call may be together
 */
record Retry(Duration patience, Pause pause) {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  /** How to wait; tests do not. */
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  interface Call<T> {
    T send() throws ApiServerException, InterruptedException;
  }

  <T> T call(Call<T> call) throws ApiServerException, InterruptedException {
    Duration waited = Duration.ZERO;
    Duration next = FIRST;
    while (true) {
      try {
        return call.send();
      } catch (ApiServerException.Unavailable e) {
        if (waited.plus(next).compareTo(patience) > 0) {
          throw e;
        }
        LOG.warn("API server unavailable, asking again in={} reason=\"{}\"", next, e.getMessage());
        pause.sleep(next);
        waited = waited.plus(next);
        next = next.multipliedBy(2).compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
      }
    }
  }
}
