package io.pgrok.agent.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Sets logback up in code: no XML is looked for or parsed at the start, and nothing is logged until
 * the command line has said where to.
 */
public final class Logging extends ContextAwareBase implements Configurator {

  private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %msg%n%ex";

  /** Found by logback as a service. */
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * @param target a file, {@code stdout} or {@code none}
   */
  static void start(String target, LogLevel level) throws IOException {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    if (target.equals("none")) {
      return;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = appender(target);
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    context.getLogger("io.pgrok").setLevel(level.level);
  }

  private static OutputStreamAppender<ILoggingEvent> appender(String target) throws IOException {
    if (target.equals("stdout")) {
      return new ConsoleAppender<>();
    }
    Path file = Path.of(target).toAbsolutePath();
    if (file.getParent() == null || !Files.isDirectory(file.getParent())) {
      throw new IOException("the log file's folder does not exist (-log): " + file.getParent());
    }
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    return appender;
  }
}
