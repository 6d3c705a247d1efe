package io.pgrok.protocol.agent;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.Map;

/** Reads and writes {@link AgentConfig} as YAML. Thread-safe. */
public final class AgentYaml {

  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private AgentYaml() {}

  /** The file's text. Equal configurations give equal bytes. */
  public static String write(AgentConfig config) {
    try {
      return YAML.writeValueAsString(config);
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
    try {
      return YAML.readValue(text, AgentConfig.class);
    } catch (UnrecognizedPropertyException e) {
      throw invalid(
          name,
          text,
          path(e),
          "is no key here; known are %s"
              .formatted(e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList()));
    } catch (JsonMappingException e) {
      throw e.getCause() instanceof JsonParseException broken
          ? notYaml(name, broken)
          : invalid(name, text, path(e), reason(e));
    } catch (JsonProcessingException e) {
      throw notYaml(name, e);
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
                YamlLines.lineOf(YAML.getFactory(), text, path),
                path.isEmpty() ? "the file" : String.join(".", path),
                why));
  }

  private static String reason(JsonMappingException e) {
    return e.getCause() instanceof IllegalArgumentException cause && cause.getMessage() != null
        ? "is not valid: " + cause.getMessage()
        : "has a value of the wrong kind";
  }

  private static List<String> path(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
        .toList();
  }

  /** A configuration file that cannot be used; the text says where and why. */
  public static final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidConfigException(String message) {
      super(message);
    }
  }
}
