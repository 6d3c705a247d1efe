package io.pgrok.operator.sidecar;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.pgrok.operator.Labels;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Workloads cut down to what {@link Workload} reads: the cache holds every one of the cluster, and
 * whole ones take some ten times as much.
 */
public final class Pruned {

  private Pruned() {}

  /** A smaller workload of the same kind. */
  @SuppressWarnings("unchecked")
  public static <W extends HasMetadata> W of(W whole) {
    return (W)
        switch (whole) {
          case Deployment d ->
              new DeploymentBuilder()
                  .withMetadata(metadata(d.getMetadata()))
                  .withNewSpec()
                  .withReplicas(d.getSpec().getReplicas())
                  .withPaused(d.getSpec().getPaused())
                  .withTemplate(template(d.getSpec().getTemplate()))
                  .endSpec()
                  .build();
          case StatefulSet s ->
              new StatefulSetBuilder()
                  .withMetadata(metadata(s.getMetadata()))
                  .withNewSpec()
                  .withReplicas(s.getSpec().getReplicas())
                  .withUpdateStrategy(s.getSpec().getUpdateStrategy())
                  .withTemplate(template(s.getSpec().getTemplate()))
                  .endSpec()
                  .build();
          case DaemonSet d ->
              new DaemonSetBuilder()
                  .withMetadata(metadata(d.getMetadata()))
                  .withNewSpec()
                  .withUpdateStrategy(d.getSpec().getUpdateStrategy())
                  .withTemplate(template(d.getSpec().getTemplate()))
                  .endSpec()
                  .build();
          default -> throw new IllegalArgumentException("not a workload: " + whole.getKind());
        };
  }

  private static ObjectMeta metadata(ObjectMeta whole) {
    return new ObjectMetaBuilder()
        .withNamespace(whole.getNamespace())
        .withName(whole.getName())
        .withUid(whole.getUid())
        .withResourceVersion(whole.getResourceVersion())
        .withGeneration(whole.getGeneration())
        .withManagedFields(whole.getManagedFields().stream().map(Pruned::manager).toList())
        .build();
  }

  /** Which fields others manage is by far the largest part, and nobody asks. */
  private static ManagedFieldsEntry manager(ManagedFieldsEntry whole) {
    return Labels.FIELD_MANAGER.equals(whole.getManager())
        ? whole
        : new ManagedFieldsEntryBuilder(whole).withFieldsV1(null).build();
  }

  private static PodTemplateSpec template(PodTemplateSpec whole) {
    var pruned = new PodTemplateSpecBuilder().withNewMetadata();
    if (whole.getMetadata() != null) {
      pruned
          .withLabels(only(whole.getMetadata().getLabels(), Labels.AGENT))
          .withAnnotations(
              only(whole.getMetadata().getAnnotations(), SidecarTemplate.DEFAULT_CONTAINER));
    }
    return pruned
        .endMetadata()
        .withNewSpec()
        .withHostNetwork(whole.getSpec().getHostNetwork())
        .withInitContainers(names(whole.getSpec().getInitContainers()))
        .withContainers(names(whole.getSpec().getContainers()))
        .endSpec()
        .build();
  }

  private static Map<String, String> only(Map<String, String> all, String key) {
    return all == null
        ? Map.of()
        : all.entrySet().stream()
            .filter(entry -> key.equals(entry.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static List<Container> names(List<Container> whole) {
    return whole.stream().map(c -> new ContainerBuilder().withName(c.getName()).build()).toList();
  }
}
