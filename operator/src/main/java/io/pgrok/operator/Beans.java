package io.pgrok.operator;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What is injected and not the operator's own. */
final class Beans {

  @Produces
  @Singleton
  static Clock clock() {
    return Clock.systemUTC();
  }
}
