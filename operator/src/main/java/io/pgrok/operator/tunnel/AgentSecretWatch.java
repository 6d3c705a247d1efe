package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.WrittenSecrets;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Has the agents' Secrets written again that somebody deletes or changes. Where the operator may
 * not read Secrets, those of sidecars and TunnelAgents are written with their next change only.
 */
final class AgentSecretWatch extends InformerEventSource<Secret, Tunnel> {

  private final WrittenSecrets written;
  private final BiConsumer<Carrier, String> restore;

  /**
   * @param restore gets whose Secret it is, and its name; must be quick
   */
  AgentSecretWatch(
      OperatorConfig config,
      EventSourceContext<Tunnel> context,
      WrittenSecrets written,
      BiConsumer<Carrier, String> restore) {
    super(
        InformerEventSourceConfiguration.from(Secret.class, Tunnel.class)
            .withName("agent-secrets")
            .withNamespaces(
                config.sidecars().enabled() && config.secrets().enabled()
                    ? AgentPodWatch.namespaces(config)
                    : Set.of(config.namespace()))
            .withLabelSelector(Labels.AGENT)
            .withSecondaryToPrimaryMapper(secret -> Set.of())
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .withItemStore(new TransformingItemStore<>(AgentSecretWatch::nameOnly))
            .build(),
        context);
    this.written = written;
    this.restore = restore;
  }

  @Override
  public void onAdd(Secret added) {
    super.onAdd(added);
    check(added);
  }

  @Override
  public void onUpdate(Secret before, Secret after) {
    super.onUpdate(before, after);
    check(after);
  }

  @Override
  public synchronized void onDelete(Secret deleted, boolean finalStateUnknown) {
    super.onDelete(deleted, finalStateUnknown);
    written
        .deleted(ResourceID.fromResource(deleted))
        .ifPresent(carrier -> restore.accept(carrier, deleted.getMetadata().getName()));
  }

  private void check(Secret told) {
    written
        .changed(told)
        .ifPresent(carrier -> restore.accept(carrier, told.getMetadata().getName()));
  }

  private static Secret nameOnly(Secret whole) {
    return new SecretBuilder().withMetadata(NameOnly.of(whole)).build();
  }
}
