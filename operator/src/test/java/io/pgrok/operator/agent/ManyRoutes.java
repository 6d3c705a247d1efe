package io.pgrok.operator.agent;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import java.util.HashMap;
import java.util.Map;

/** Tunnels t000, t001, … of one namespace, all carried by the shared agent. */
final class ManyRoutes {

  private ManyRoutes() {}

  static Map<ResourceID, Route> routes(int count) {
    var routes = new HashMap<ResourceID, Route>();
    for (int i = 0; i < count; i++) {
      var config =
          new TunnelConfig("t" + i, null, Map.of("http", "svc.ns.svc:80"), null, null, "r" + i);
      routes.put(id(i), new Route("main", new Carrier.Shared(), config));
    }
    return routes;
  }

  static ResourceID id(int number) {
    return new ResourceID("t%03d".formatted(number), "ns");
  }
}
