package io.pgrok.protocol.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads and writes {@link AgentConfig} as YAML. Thread-safe. */
public final class AgentYaml {

  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
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
    if (text.isBlank()) {
      return new AgentConfig(null, null, null, null, null, null, null, null, null, Map.of());
    }
    try {
      return YAML.readValue(text, AgentConfig.class);
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidConfigException(
          "%s:%d: unknown key '%s'; known here are %s"
              .formatted(
                  name,
                  e.getLocation().getLineNr(),
                  path(e),
                  e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList()));
    } catch (JsonMappingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      String why =
          e.getCause() instanceof IllegalArgumentException cause
              ? String.valueOf(cause.getMessage())
              : "has a value of the wrong kind";
      throw new InvalidConfigException("%s:%d: %s %s".formatted(name, line, path(e), why));
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new InvalidConfigException(
          "%s:%d: is not valid YAML: check indentation, colons and quotes there"
              .formatted(name, line));
    }
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
        .collect(Collectors.joining("."));
  }

  /** A configuration file that cannot be used; the text says where and why. */
  public static final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidConfigException(String message) {
      super(message);
    }
  }
}
