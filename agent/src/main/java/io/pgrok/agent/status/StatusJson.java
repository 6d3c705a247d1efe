package io.pgrok.agent.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pgrok.protocol.agent.AgentStatus;

/** The JSON of {@link AgentStatus}, on one line. */
public final class StatusJson {

  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  private StatusJson() {}

  public static String write(AgentStatus status) {
    try {
      return MAPPER.writeValueAsString(status);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a status could not be written as JSON", e);
    }
  }
}
