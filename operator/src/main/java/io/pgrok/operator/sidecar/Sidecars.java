package io.pgrok.operator.sidecar;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pgrok.operator.Apply;
import io.pgrok.operator.Hash;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.AgentConfigs;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.RouteTable;
import io.pgrok.operator.agent.Tokens;
import io.pgrok.operator.agent.WrittenSecrets;
import io.pgrok.operator.name.DnsLabel;
import io.pgrok.operator.report.AgentPods;
import io.pgrok.operator.report.Triggers;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives workloads their sidecar and takes it away. One caller at a time per workload. */
@ApplicationScoped
public class Sidecars {

  private static final Logger log = LoggerFactory.getLogger(Sidecars.class);

  private final KubernetesClient client;
  private final RouteTable table;
  private final Workloads workloads;
  private final AgentPods pods;
  private final Triggers triggers;
  private final WrittenSecrets writtenSecrets;
  private final Clock clock;
  private final SidecarTemplate template;
  private final Map<Carrier.Sidecar, SidecarState> states = new ConcurrentHashMap<>();
  private final Map<Carrier.Sidecar, String> published = new ConcurrentHashMap<>();
  private final Map<Carrier.Sidecar, Verdict> problems = new ConcurrentHashMap<>();

  Sidecars(
      KubernetesClient client,
      OperatorConfig config,
      RouteTable table,
      Workloads workloads,
      AgentPods pods,
      Triggers triggers,
      WrittenSecrets writtenSecrets,
      Clock clock) {
    this.client = client;
    this.table = table;
    this.workloads = workloads;
    this.pods = pods;
    this.triggers = triggers;
    this.writtenSecrets = writtenSecrets;
    this.clock = clock;
    this.template =
        new SidecarTemplate(
            config.agent().image(),
            config.agent().imagePullPolicy(),
            config.sidecars().requests(),
            config.sidecars().limits(),
            config.agent().statusPort());
  }

  /** What keeps a workload from having its sidecar. */
  public Optional<Verdict> problem(Carrier.Sidecar carrier) {
    return Optional.ofNullable(problems.get(carrier));
  }

  /** Why a workload that has its sidecar makes no pods with it, and what to do about that. */
  public Optional<Verdict> heldBack(Carrier.Sidecar carrier) {
    return workloads
        .get(carrier)
        .flatMap(workload -> Optional.ofNullable(workload.heldBack()))
        .map(why ->
            new Verdict(
                Reason.AGENT_NOT_READY,
                "no pod of %s %s has the sidecar: %s"
                    .formatted(carrier.kind().kubernetesKind(), carrier.name(), why)));
  }

  /** Workloads that have a sidecar, wanted or not. */
  public List<Carrier.Sidecar> applied() {
    return workloads.withSidecar().map(Workload::key).toList();
  }

  /** Whether the workload has or should have a sidecar; most of a cluster's do not. */
  public boolean concernedWith(Carrier.Sidecar carrier) {
    return !table.tunnelsOf(carrier).isEmpty()
        || states.containsKey(carrier)
        || workloads.get(carrier).filter(w -> w.hasSidecar() || w.applied()).isPresent();
  }

  /**
   * Makes the workload be as the table wants it.
   *
   * @return when it has to be done again, for the sake of tokens or of a sidecar that was taken
   *     away
   */
  public Instant publish(Carrier.Sidecar carrier) {
    var workload = workloads.get(carrier);
    if (workload.isEmpty()) {
      forget(carrier);
    } else if (!table.tunnelsOf(carrier).isEmpty()) {
      return supply(workload.get());
    } else if (table.isAwaited(carrier)) {
      idle(workload.get());
    } else {
      remove(workload.get());
    }
    return Instant.MAX;
  }

  /** A sidecar that is there stays, without tunnels: they may be back before its pods were. */
  private void idle(Workload workload) {
    var carrier = workload.key();
    String hash = AgentConfigs.hash(Map.of());
    if (workload.hasSidecar()) {
      writeSecretOnce(workload, Map.of(), hash);
    }
    pods.announce(carrier, hash);
  }

  private Instant supply(Workload workload) {
    var carrier = workload.key();
    if (workload.hostNetwork()) {
      return decline(workload);
    }
    var routes = table.routesOf(carrier);
    var issued = Tokens.issue(carrier, table.serversOf(carrier), routes.values(), clock.instant());
    var files = AgentConfigs.files(issued.servers(), routes);
    String hash = AgentConfigs.hash(files);
    writeSecretOnce(workload, files, hash);
    pods.announce(carrier, hash);
    var fields = template.render(carrier, secretName(carrier), workload.wantedDefaultContainer());
    String wanted = Hash.of(String.valueOf(fields), 16);
    var last = states.get(carrier);
    switch (SidecarState.next(last, workload, wanted, clock.instant())) {
      case SidecarState.Step.Leave leave -> {
        if (workload.hasSidecar()) {
          conclude(carrier, null);
        }
      }
      case SidecarState.Step.Apply(var truce) -> apply(workload, fields, wanted, truce);
      case SidecarState.Step.GiveUp(String manager, Instant until) -> {
        states.put(carrier, Objects.requireNonNull(last).givenUp());
        conclude(carrier, removed(carrier, manager, until));
        return until.isBefore(issued.renewAt()) ? until : issued.renewAt();
      }
    }
    return issued.renewAt();
  }

  private static Verdict removed(Carrier.Sidecar carrier, String manager, Instant until) {
    return new Verdict(
        Reason.SIDECAR_REMOVED,
        ("%s took the sidecar out of %s %s twice; it is applied once more at %s. Let it keep fields"
                + " that other managers own (server-side apply does), or expose a Service instead.")
            .formatted(
                manager,
                carrier.kind().kubernetesKind(),
                carrier.name(),
                until.truncatedTo(ChronoUnit.SECONDS)));
  }

  /** On a node's network agents of several pods would meet, and 127.0.0.1 is the node. */
  private Instant decline(Workload workload) {
    if (workload.hasSidecar()) {
      takeOut(workload);
    }
    var carrier = workload.key();
    conclude(
        carrier,
        new Verdict(
            Reason.INVALID_TARGET,
            "pods of %s %s use their node's network (hostNetwork), where a sidecar cannot run; expose a Service instead"
                .formatted(carrier.kind().kubernetesKind(), carrier.name())));
    return Instant.MAX;
  }

  /** What is in the way of a sidecar is left alone; a sidecar that is there already is its own. */
  private void apply(
      Workload workload,
      PodTemplateSpec fields,
      String wanted,
      SidecarState.@Nullable Truce truce) {
    var carrier = workload.key();
    try {
      // The labels alone, which is what some policies leave of it, would roll the pods for nothing.
      if (!workload.hasSidecar() && !wouldStay(carrier, fields)) {
        throw stripped(carrier);
      }
      var result =
          workload.hasSidecar()
              ? Apply.own(client, patch(carrier, fields))
              : Apply.guest(client, patch(carrier, fields));
      if (!hasSidecar(result)) {
        throw stripped(carrier);
      }
      long generation = result.getMetadata().getGeneration();
      boolean changed = generation != workload.generation();
      var before = states.get(carrier);
      states.put(
          carrier,
          new SidecarState(
              workload.uid(),
              wanted,
              Workload.managed(result.getMetadata().getManagedFields()),
              generation,
              // To say that what is there is the operator's takes nothing from anybody.
              changed || before == null ? truce : before.truce()));
      log.info("sidecar applied workload={} changed={}", carrier, changed);
      conclude(carrier, null);
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        forget(carrier);
        return;
      }
      conclude(
          carrier,
          new Verdict(
              Reason.SIDECAR_REFUSED,
              "%s %s does not take the sidecar: %s"
                  .formatted(carrier.kind().kubernetesKind(), carrier.name(), Apply.refusal(e))));
      throw e;
    }
  }

  /** True also where that cannot be asked: a webhook may have side effects. */
  private boolean wouldStay(Carrier.Sidecar carrier, PodTemplateSpec fields) {
    try {
      return hasSidecar(Apply.guestWould(client, patch(carrier, fields)));
    } catch (KubernetesClientException e) {
      if (e.getCode() != 400) {
        throw e;
      }
      return true;
    }
  }

  /**
   * The API server takes the sidecar and stores none. Who did that it does not say; it is tried
   * again as after a refusal, so that it is there soon after that ends.
   */
  private IllegalStateException stripped(Carrier.Sidecar carrier) {
    var why =
        new Verdict(
            Reason.SIDECAR_REFUSED,
            ("%s %s is stored without the sidecar: a mutating admission webhook or policy of the"
                    + " cluster takes it out. Have that let init container %s pass, or expose a"
                    + " Service instead.")
                .formatted(
                    carrier.kind().kubernetesKind(), carrier.name(), SidecarTemplate.CONTAINER));
    conclude(carrier, why);
    return new IllegalStateException(why.message());
  }

  private static boolean hasSidecar(GenericKubernetesResource stored) {
    List<Map<String, Object>> containers = stored.get("spec", "template", "spec", "initContainers");
    return containers != null
        && containers.stream().anyMatch(c -> SidecarTemplate.CONTAINER.equals(c.get("name")));
  }

  private void remove(Workload workload) {
    var carrier = workload.key();
    if (workload.hasSidecar() || workload.applied() || states.containsKey(carrier)) {
      takeOut(workload);
    }
    forget(carrier);
  }

  /**
   * First the sessions, so that the tunnels end now and not with the roll-out; then the sidecar;
   * the Secret last, which ending pods may still mount.
   */
  private void takeOut(Workload workload) {
    var carrier = workload.key();
    writeSecret(workload, Map.of());
    pods.announce(carrier, AgentConfigs.hash(Map.of()));
    var left = Apply.guest(client, patch(carrier, null));
    if (workload.hasSidecar() && hasSidecar(left)) {
      // Who rolled the workload back to it manages its fields now.
      client
          .resource(left)
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.STRATEGIC_MERGE)
                  .withFieldManager(Labels.FIELD_MANAGER)
                  .build(),
              SidecarTemplate.REMOVAL);
    }
    writtenSecrets.forget(carrier.namespace(), secretName(carrier));
    client.secrets().inNamespace(carrier.namespace()).withName(secretName(carrier)).delete();
    states.remove(carrier);
    published.remove(carrier);
    log.info("sidecar removed workload={}", carrier);
  }

  private void forget(Carrier.Sidecar carrier) {
    states.remove(carrier);
    published.remove(carrier);
    problems.remove(carrier);
    writtenSecrets.forget(carrier.namespace(), secretName(carrier));
  }

  /** Somebody changed or deleted the Secret of a workload's sidecar. */
  public void lostSecret(Carrier.Sidecar carrier) {
    published.remove(carrier);
  }

  private void conclude(Carrier.Sidecar carrier, @Nullable Verdict problem) {
    var before = problem == null ? problems.remove(carrier) : problems.put(carrier, problem);
    if (before == null ? problem != null : !before.equals(problem)) {
      table.tunnelsOf(carrier).forEach(triggers::tunnel);
    }
  }

  /** Again for a workload that is made anew: with the old one goes the Secret that it owned. */
  private void writeSecretOnce(Workload workload, Map<String, String> files, String hash) {
    String written = workload.uid() + " " + hash;
    if (written.equals(published.put(workload.key(), written))) {
      return;
    }
    try {
      writeSecret(workload, files);
    } catch (KubernetesClientException e) {
      published.remove(workload.key());
      throw e;
    }
  }

  private void writeSecret(Workload workload, Map<String, String> files) {
    var carrier = workload.key();
    var wanted =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(carrier.namespace())
            .withName(secretName(carrier))
            .addToLabels(Labels.AGENT, Labels.SIDECAR)
            .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
            .withOwnerReferences(workload.asOwner())
            .endMetadata()
            .withData(AgentConfigs.secretData(files))
            .build();
    writtenSecrets.writing(carrier, wanted);
    Apply.own(client, wanted);
  }

  /** No fields at all give back what was applied before. */
  private static GenericKubernetesResource patch(
      Carrier.Sidecar carrier, @Nullable PodTemplateSpec fields) {
    var patch =
        new GenericKubernetesResourceBuilder()
            .withApiVersion("apps/v1")
            .withKind(carrier.kind().kubernetesKind())
            .withNewMetadata()
            .withNamespace(carrier.namespace())
            .withName(carrier.name())
            .endMetadata();
    if (fields != null) {
      patch.addToAdditionalProperties("spec", Map.of("template", fields));
    }
    return patch.build();
  }

  private static String secretName(Carrier.Sidecar carrier) {
    return "pgrok-" + DnsLabel.unique(carrier.kind().kubernetesKind(), carrier.name());
  }
}
