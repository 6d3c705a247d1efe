package io.pgrok.protocol.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads and writes {@code {"Type": "...", "Payload": {...}}}. Thread-safe. */
public final class MessageJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(16).build())
                  .build())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final Map<String, Class<?>> TYPES =
      Stream.of(Message.class.getPermittedSubclasses())
          .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

  private MessageJson() {}

  /** The payload of one frame, UTF-8. */
  public static byte[] write(Message message) {
    byte[] quick = message instanceof Message.StartProxy start ? StartProxyJson.write(start) : null;
    return quick == null ? writeTree(message) : quick;
  }

  /** Any message, escapes and all. */
  static byte[] writeTree(Message message) {
    ObjectNode envelope = MAPPER.createObjectNode();
    envelope.put("Type", message.getClass().getSimpleName());
    envelope.set("Payload", MAPPER.valueToTree(message));
    try {
      return MAPPER.writeValueAsBytes(envelope);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a message could not be written as JSON", e);
    }
  }

  /**
   * Reads the payload of one frame.
   *
   * @throws MalformedMessageException when it is no JSON, names no known type or carries a field of
   *     the wrong kind; the text quotes nothing that the peer sent beyond the type's name
   */
  public static Message read(byte[] json) throws MalformedMessageException {
    Message quick = StartProxyJson.read(json);
    return quick == null ? readTree(json) : quick;
  }

  static Message readTree(byte[] json) throws MalformedMessageException {
    JsonNode envelope;
    try {
      envelope = MAPPER.readTree(json);
    } catch (IOException e) {
      throw new MalformedMessageException("a message is not valid JSON");
    }
    String type = envelope.path("Type").asText("");
    Class<?> record = TYPES.get(type);
    if (record == null) {
      throw new MalformedMessageException("unknown message type '" + printable(type) + "'");
    }
    JsonNode payload = envelope.path("Payload");
    if (!payload.isObject()) {
      throw new MalformedMessageException("the Payload of " + type + " is not an object");
    }
    try {
      return (Message) MAPPER.treeToValue(payload, record);
    } catch (JsonProcessingException e) {
      throw new MalformedMessageException("a field of " + type + " has a value of the wrong kind");
    }
  }

  private static String printable(String text) {
    String head = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return head.replaceAll("\\P{Print}", "?");
  }
}
