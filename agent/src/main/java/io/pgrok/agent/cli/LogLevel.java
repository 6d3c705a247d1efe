package io.pgrok.agent.cli;

import ch.qos.logback.classic.Level;
import java.util.Locale;

/** The levels of the reference. */
enum LogLevel {
  DEBUG(Level.DEBUG),
  INFO(Level.INFO),
  WARNING(Level.WARN),
  ERROR(Level.ERROR);

  final Level level;

  LogLevel(Level level) {
    this.level = level;
  }

  static LogLevel parse(String text) {
    try {
      return valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be DEBUG, INFO, WARNING or ERROR", e);
    }
  }
}
