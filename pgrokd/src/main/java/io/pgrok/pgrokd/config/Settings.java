package io.pgrok.pgrokd.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values for options that are not on the command line: from the environment, else from the
 * configuration file, else the option's own default. An option {@code -httpAddr} is {@code
 * PGROKD_HTTP_ADDR} there and {@code httpAddr} here. Remembers what came from where, so that an
 * error can name the place to correct.
 */
public final class Settings implements IDefaultValueProvider {

  private static final Pattern HUMP =
      Pattern.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
  private static final Pattern OPTION = Pattern.compile("--?([A-Za-z][A-Za-z-]*)");

  /** The reference's variable, older than ours. */
  private static final Map<String, String> ALIASES = Map.of("vhost", "VHOST");

  private final Map<String, String> environment;
  private final SettingsFile file;
  private final Map<String, String> origins = new HashMap<>();

  /**
   * @param environment of the process
   * @param file {@link SettingsFile#NONE} without one
   */
  public Settings(Map<String, String> environment, SettingsFile file) {
    this.environment = Map.copyOf(environment);
    this.file = file;
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return argument.defaultValue();
    }
    String name = name(option);
    for (String variable : variables(name)) {
      String value = environment.get(variable);
      if (value != null) {
        origins.put(name, variable);
        return value;
      }
    }
    SettingsFile.Entry entry = file.entries().get(name);
    if (entry != null) {
      origins.put(name, file.place(name));
      return entry.value();
    }
    return option.defaultValue();
  }

  /** The key of an option: its first name without dashes. */
  public static String name(OptionSpec option) {
    return option.names()[0].replaceFirst("^-+", "");
  }

  /** The environment variable of a key. */
  public static String variable(String name) {
    String words = HUMP.matcher(name.replace('-', '_')).replaceAll("_");
    return "PGROKD_" + words.toUpperCase(Locale.ROOT);
  }

  private static List<String> variables(String name) {
    String alias = ALIASES.get(name);
    return alias == null ? List.of(variable(name)) : List.of(variable(name), alias);
  }

  /**
   * An error message with the place where the option that it names was set, when that was not the
   * command line.
   */
  public String located(String message) {
    Matcher options = OPTION.matcher(message);
    while (options.find()) {
      String origin = origins.get(options.group(1));
      if (origin != null) {
        return origin + ": " + message;
      }
    }
    return message;
  }
}
