package io.pgrok.protocol.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.pgrok.protocol.agent.AgentConfigReader.UnusableException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Reads and writes {@link AgentConfig} as YAML. Thread-safe. */
public final class AgentYaml {

  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
          .build();

  /** Apart, so that who only reads does not wait for it. */
  private static final class Writer {
    private static final ObjectMapper MAPPER = new YAMLMapper(YAML);
  }

  private AgentYaml() {}

  /** The file's text. Equal configurations give equal bytes. */
  public static String write(AgentConfig config) {
    try {
      return Writer.MAPPER.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an agent configuration could not be written as YAML", e);
    }
  }

  /**
   * Reads a file's text; an empty text is an empty configuration.
   *
   * @param name of the file, for the error
   * @throws InvalidConfigException naming file, line and key; it quotes no values, which may be
   *     secret
   */
  public static AgentConfig read(String name, String text) throws InvalidConfigException {
    if (text.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"))) {
      return AgentConfig.tunnels(Map.of());
    }
    try (JsonParser tokens = YAML.createParser(text)) {
      return AgentConfigReader.read(tokens);
    } catch (UnusableException e) {
      throw invalid(name, text, e.path(), e.why());
    } catch (JsonProcessingException e) {
      throw notYaml(name, e);
    } catch (IOException e) {
      throw new IllegalStateException("text in memory could not be read", e);
    }
  }

  private static InvalidConfigException notYaml(String name, JsonProcessingException e) {
    int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
    String why =
        e.getOriginalMessage().startsWith("Duplicate field")
            ? "the same key is given twice"
            : "is not valid YAML: check indentation, colons and quotes there";
    return new InvalidConfigException("%s:%d: %s".formatted(name, line, why));
  }

  /**
   * The error for a value that the YAML allows but its reader does not.
   *
   * @param name of the file
   * @param text of the file, where the line is looked up
   * @param path the keys from the top to the value
   * @param why what is wrong and what to write instead, continuing the sentence that the key begins
   */
  public static InvalidConfigException invalid(
      String name, String text, List<String> path, String why) {
    return new InvalidConfigException(
        "%s:%d: %s %s"
            .formatted(
                name,
                YamlLines.lineOf(YAML, text, path),
                path.isEmpty() ? "the file" : String.join(".", path),
                why));
  }

  /** A configuration file that cannot be used; the text says where and why. */
  public static final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidConfigException(String message) {
      super(message);
    }
  }
}
