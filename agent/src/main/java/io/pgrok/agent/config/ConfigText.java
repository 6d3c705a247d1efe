package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentYaml;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The text of one configuration file.
 *
 * @param name of the session: the file's name without its extension
 * @param displayName of the file, for errors
 * @param base what paths in the file are relative to; empty for the working directory
 */
public record ConfigText(String name, String displayName, String text, Path base) {

  /** A text whose paths are relative to the working directory, as in the reference. */
  public ConfigText(String name, String displayName, String text) {
    this(name, displayName, text, Path.of(""));
  }

  /** Before there was YAML, the file held nothing but the token. */
  private static final Pattern BARE_TOKEN = Pattern.compile("[0-9a-zA-Z_\\-!]+");

  /** Stands in for a file that does not exist. */
  public static ConfigText empty(String name) {
    return new ConfigText(name, "the command line", "");
  }

  /** The same text, whose paths are relative to that. */
  ConfigText relativeTo(Path other) {
    return new ConfigText(name, displayName, text, other);
  }

  AgentConfig parse() throws InvalidConfigException {
    String content = text.strip();
    if (BARE_TOKEN.matcher(content).matches()) {
      return AgentConfig.session("", null, content, Map.of());
    }
    return AgentYaml.read(displayName, text);
  }

  InvalidConfigException invalid(List<String> path, String why) {
    return AgentYaml.invalid(displayName, text, path, why);
  }

  /** Leaves the text out: it may hold a token. */
  @Override
  public String toString() {
    return "ConfigText[" + displayName + "]";
  }
}
