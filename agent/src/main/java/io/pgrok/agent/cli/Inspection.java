package io.pgrok.agent.cli;

import io.pgrok.agent.api.ApiServer;
import io.pgrok.agent.api.TunnelControl;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.PathRoutes;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Protocol;
import io.pgrok.agent.config.TunnelSpec;
import io.pgrok.agent.config.Upstream;
import io.pgrok.agent.inspect.Captures;
import io.pgrok.agent.inspect.Inspector;
import io.pgrok.agent.inspect.Limits;
import io.pgrok.agent.net.Network;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The inspector of this run: whether there is one, where it listens, and what to say about it. */
final class Inspection implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Inspection.class);

  private final InspectAddress wanted;

  /** {@code user:password} of the public inspector; null when it is not public. */
  private final @Nullable String publicAuth;

  private final Inspector inspector;
  private final List<String> notices;
  private @Nullable Starter starter;
  private @Nullable ApiServer server;
  private boolean asked;

  private interface Starter {
    ApiServer start(HostPort listen) throws IOException, InterruptedException;
  }

  /**
   * @param publicAuth {@code user:password} of the public inspector, empty for one that is made
   *     here; null when it is not to be public
   * @param notices that come before those about the inspector
   */
  Inspection(InspectAddress wanted, @Nullable String publicAuth, List<String> notices) {
    this.wanted = wanted;
    this.notices = new CopyOnWriteArrayList<>(notices);
    this.publicAuth = "".equals(publicAuth) ? "pgrok:" + password() : publicAuth;
    if ("".equals(publicAuth)) {
      this.notices.add("The public inspector asks for user and password: " + this.publicAuth);
    }
    this.inspector =
        switch (wanted) {
          case InspectAddress.Listen _ ->
              new Inspector(new Captures(Limits.LAPTOP), true, () -> {});
          case InspectAddress.WhenAsked _ ->
              new Inspector(new Captures(Limits.CLUSTER), false, this::asked);
          case InspectAddress.Disabled _ -> Inspector.none();
        };
  }

  Inspector inspector() {
    return inspector;
  }

  /** For people: where it is, what was changed. */
  List<String> notices() {
    return List.copyOf(notices);
  }

  /** Begins to listen, unless that is to wait. */
  Inspection start(TunnelControl tunnels, StatusBoard board, Traffic traffic, Network network)
      throws IOException, InterruptedException {
    synchronized (this) {
      starter =
          listen -> ApiServer.start(inspector.captures(), tunnels, board, traffic, network, listen);
    }
    if (wanted instanceof InspectAddress.Listen(HostPort address)) {
      listen(address);
    }
    return this;
  }

  private synchronized void listen(HostPort address) throws IOException, InterruptedException {
    if (starter == null) {
      return;
    }
    server = starter.start(address);
    LOG.info("inspector served address={}", server.address());
    notices.add("Inspector " + server.url());
    if (server.address().getPort() != address.port()) {
      notices.add(
          "Port %d is taken, the inspector uses %d"
              .formatted(address.port(), server.address().getPort()));
    }
  }

  /** A tunnel of a cluster's configuration wants it: on loopback, for kubectl port-forward. */
  private synchronized void asked() {
    if (asked) {
      return;
    }
    asked = true;
    try {
      listen(HostPort.parse(ApiServer.DEFAULT_ADDRESS, ""));
    } catch (IOException e) {
      LOG.warn("no inspector error=\"{}\"", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Opens the tunnel to the inspector, where that was asked for; never without a password. */
  void publish(TunnelControl tunnels) {
    ApiServer running = server;
    if (publicAuth == null || running == null) {
      return;
    }
    PrivateAddress here =
        PrivateAddress.plain(new HostPort("127.0.0.1", running.address().getPort()));
    tunnels.open(
        new TunnelSpec(
            ApiServer.PUBLIC_TUNNEL,
            null,
            "",
            "",
            publicAuth,
            0,
            null,
            new TreeMap<>(Map.of(Protocol.HTTP, here, Protocol.HTTPS, here)),
            Upstream.PLAIN,
            false,
            PathRoutes.NONE,
            null));
  }

  private static String password() {
    byte[] random = new byte[12];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
