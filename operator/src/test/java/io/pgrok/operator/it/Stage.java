package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import java.io.IOException;
import java.util.Map;

/**
 * What a test has for itself: a namespace, a server and the shared agent that is logged in there.
 */
final class Stage implements AutoCloseable {

  final String ns;
  final FakeAgent agent;
  private final World world;

  /**
   * @param server name of the TunnelServer; {@code <server>.example.com} is its domain
   * @param address of the agent's pod, a loopback address that no other test uses
   */
  Stage(World world, String server, String address) throws IOException {
    this.world = world;
    ns = world.namespace();
    world.server(server, false);
    agent = new FakeAgent(address, world.config.agent().statusPort());
    world.agentPod(NAMESPACE, pod(), address, Labels.SHARED, Map.of());
  }

  private String pod() {
    return "agent-" + ns;
  }

  @Override
  public void close() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.deletePod(NAMESPACE, pod());
    agent.close();
  }
}
