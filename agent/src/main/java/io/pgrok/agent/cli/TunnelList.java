package io.pgrok.agent.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgrok.agent.config.TunnelSpec;
import java.util.List;

/** What {@code pgrok list} prints. Pure. */
final class TunnelList {

  private static final ObjectMapper JSON = new ObjectMapper();

  private TunnelList() {}

  /** A name a line; or one JSON list of names with their private addresses. */
  static List<String> lines(List<TunnelSpec> tunnels, boolean json) {
    if (!json) {
      return tunnels.stream().map(TunnelSpec::name).toList();
    }
    ArrayNode list = JSON.createArrayNode();
    for (TunnelSpec tunnel : tunnels) {
      ObjectNode entry = list.addObject().put("name", tunnel.name());
      ObjectNode proto = entry.putObject("proto");
      tunnel
          .targets()
          .forEach((protocol, target) -> proto.put(protocol.wireName(), target.toString()));
    }
    return List.of(list.toString());
  }
}
