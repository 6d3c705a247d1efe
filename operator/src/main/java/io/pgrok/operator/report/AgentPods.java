package io.pgrok.operator.report;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.operator.Labels;
import io.pgrok.operator.Leadership;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.AgentConfigs;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.RouteTable;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agents' pods, and what each says. Thread-safe. */
@ApplicationScoped
public class AgentPods {

  private static final Logger log = LoggerFactory.getLogger(AgentPods.class);

  private record Followed(AgentPod pod, Follower follower) {}

  private final KubernetesClient client;
  private final OperatorConfig config;
  private final RouteTable table;
  private final Triggers triggers;
  private final StatusStream stream = new StatusStream();
  private final Map<ResourceID, Followed> pods = new HashMap<>();
  private Consumer<Carrier> onNewPod = carrier -> {};
  private boolean following;

  AgentPods(
      KubernetesClient client,
      OperatorConfig config,
      RouteTable table,
      Triggers triggers,
      Leadership leadership) {
    this.client = client;
    this.config = config;
    this.table = table;
    this.triggers = triggers;
    leadership.whenHeld(this::begin);
  }

  /** Who does not lead knows the pods, and listens to none. */
  private void begin() {
    List<Followed> known;
    synchronized (this) {
      following = true;
      known = List.copyOf(pods.values());
    }
    known.forEach(followed -> listenTo(followed.pod(), followed.follower()));
  }

  /** Called with the carrier of a pod that was not known before; must be quick. */
  public void onNewPod(Consumer<Carrier> listener) {
    onNewPod = listener;
  }

  /** A pod labelled as an agent's appeared or changed. */
  public void observed(Pod pod) {
    var id = ResourceID.fromResource(pod);
    var agent = AgentPod.of(pod, config.namespace());
    if (agent.isEmpty()) {
      gone(id);
    } else {
      follow(id, agent.get());
    }
  }

  /** A pod is gone. */
  public void gone(ResourceID id) {
    Followed followed;
    synchronized (this) {
      followed = pods.remove(id);
    }
    if (followed != null) {
      followed.follower().stop();
      log.info("agent gone pod={} carrier={}", id, followed.pod().carrier());
      triggerAll(followed.pod().carrier());
    }
  }

  /** Where the operator stands with each agent of a carrier. */
  public synchronized List<Link> links(Carrier carrier) {
    return of(carrier).map(followed -> followed.follower().link()).toList();
  }

  /** When a tunnel was last visited, as far as its carrier's agents remember. */
  public Optional<Instant> lastVisit(Carrier carrier, String server, String key) {
    return reports(carrier)
        .flatMap(report -> report.tunnel(server, key).stream())
        .map(Tunnel::lastVisit)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .map(Instant::ofEpochMilli);
  }

  /** What the shared agents say of their session with a server. */
  public List<Session> sessions(String server) {
    return reports(new Carrier.Shared())
        .flatMap(report -> report.session(server).stream())
        .toList();
  }

  private Stream<Report> reports(Carrier carrier) {
    return links(carrier).stream()
        .filter(Link.Live.class::isInstance)
        .map(link -> ((Link.Live) link).report());
  }

  /**
   * Tells a carrier's pods that their Secret is new: the kubelet refreshes a pod's volumes when the
   * pod changes, otherwise only within a minute or so.
   */
  public void announce(Carrier carrier, String configHash) {
    List<AgentPod> stale;
    synchronized (this) {
      stale =
          of(carrier)
              .map(Followed::pod)
              .filter(pod -> !pod.configHash().equals(configHash))
              .toList();
    }
    stale.forEach(pod -> announce(pod, configHash));
  }

  @PreDestroy
  synchronized void stop() {
    pods.values().forEach(followed -> followed.follower().stop());
    pods.clear();
  }

  private Stream<Followed> of(Carrier carrier) {
    return pods.values().stream().filter(followed -> followed.pod().carrier().equals(carrier));
  }

  private void announce(AgentPod pod, String configHash) {
    var patch =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(pod.namespace())
            .withName(pod.name())
            .addToAnnotations(Labels.CONFIG_HASH, configHash)
            .endMetadata()
            .build();
    try {
      client.pods().resource(patch).patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }

  private void follow(ResourceID id, AgentPod pod) {
    Followed now;
    boolean listen;
    synchronized (this) {
      listen = following;
      var before = pods.get(id);
      if (before != null && before.pod().sameAgent(pod)) {
        pods.put(id, new Followed(pod, before.follower()));
        return;
      }
      if (before != null) {
        before.follower().stop();
      }
      now = new Followed(pod, follower(pod));
      pods.put(id, now);
    }
    if (listen) {
      listenTo(pod, now.follower());
    }
  }

  private void listenTo(AgentPod pod, Follower follower) {
    log.info(
        "agent found pod={}/{} address={} carrier={}",
        pod.namespace(),
        pod.name(),
        pod.ip(),
        pod.carrier());
    follower.start();
    onNewPod.accept(pod.carrier());
    triggerAll(pod.carrier());
  }

  private Follower follower(AgentPod pod) {
    String host = pod.ip().contains(":") ? "[" + pod.ip() + "]" : pod.ip();
    var uri =
        URI.create("http://%s:%d/api/status/stream".formatted(host, config.agent().statusPort()));
    return new Follower(
        stream, uri, config.agent().patience(), (from, to) -> changed(pod, from, to));
  }

  private void changed(AgentPod pod, Link from, Link to) {
    if (from instanceof Link.Live(Report before) && to instanceof Link.Live(Report after)) {
      trigger(pod, ReportDiff.between(before, after));
      return;
    }
    log.info("agent {} pod={}/{}", to.getClass().getSimpleName(), pod.namespace(), pod.name());
    triggerAll(pod.carrier());
  }

  /** Of what an agent names, only tunnels that it carries are looked at. */
  private void trigger(AgentPod pod, ReportDiff diff) {
    if (diff.isEmpty()) {
      return;
    }
    table
        .routesOf(pod.carrier())
        .forEach((tunnel, route) -> {
          if (diff.sessions().contains(route.server())
              || diff.tunnels().contains(AgentConfigs.tunnelKey(tunnel))) {
            triggers.tunnel(tunnel);
          }
        });
    if (pod.carrier() instanceof Carrier.Shared) {
      diff.sessions().forEach(triggers::server);
    }
  }

  private void triggerAll(Carrier carrier) {
    Collection<ResourceID> carried = table.tunnelsOf(carrier);
    carried.forEach(triggers::tunnel);
    if (carrier instanceof Carrier.Shared shared) {
      table.serversOf(shared).forEach(server -> triggers.server(server.name()));
    }
  }
}
