package io.pgrok.pgrokd.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Where log lines go and which. */
public final class Logging {

  private static final Map<String, Level> LEVELS =
      Map.of(
          "DEBUG", Level.DEBUG,
          "INFO", Level.INFO,
          "WARNING", Level.WARN,
          "WARN", Level.WARN,
          "ERROR", Level.ERROR);

  private Logging() {}

  /**
   * @param target {@code stdout}, {@code none} or a file, which is appended to
   * @param level DEBUG, INFO, WARNING or ERROR, in any case
   * @throws StartupException for another level, or a file that cannot be written
   */
  public static void configure(String target, String level) throws StartupException {
    Level chosen = LEVELS.get(level.toUpperCase(Locale.ROOT));
    if (chosen == null) {
      throw new StartupException(
          "-log-level: '%s' is none of DEBUG, INFO, WARNING, ERROR".formatted(level));
    }
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.setLevel(Level.WARN);
    context.getLogger("io.pgrok").setLevel(chosen);
    OutputStreamAppender<ILoggingEvent> appender = appender(target);
    if (appender == null) {
      root.setLevel(Level.OFF);
      context.getLogger("io.pgrok").setLevel(Level.OFF);
      return;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %msg%n%ex{full}");
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    root.addAppender(appender);
  }

  private static @Nullable OutputStreamAppender<ILoggingEvent> appender(String target)
      throws StartupException {
    if (target.equals("none")) {
      return null;
    }
    if (target.equals("stdout")) {
      return new ConsoleAppender<>();
    }
    Path file = Path.of(target);
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
    } catch (IOException e) {
      throw new StartupException("-log: the file '%s' cannot be written".formatted(target));
    }
    if (!Files.isWritable(file)) {
      throw new StartupException("-log: the file '%s' cannot be written".formatted(target));
    }
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(target);
    return appender;
  }
}
