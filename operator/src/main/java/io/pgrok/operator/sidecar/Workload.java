package io.pgrok.operator.sidecar;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.pgrok.crds.tunnel.WorkloadTarget.Kind;
import io.pgrok.operator.Labels;
import io.pgrok.operator.agent.Carrier;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the operator needs to know of a Deployment, StatefulSet or DaemonSet.
 *
 * @param hasSidecar whether the pod template has the sidecar, whole or in part
 * @param managed which of its fields the operator's field manager manages; empty for none
 * @param lastWriter the manager, other than the operator, that wrote last
 * @param defaultContainer the annotation that kubectl reads; null when there is none
 * @param ownsDefaultContainer whether the annotation is the operator's
 * @param firstContainer name of the first container
 * @param hostNetwork whether its pods use their node's network
 * @param heldBack why a changed template makes no pods now, and what to do; null when it does
 */
public record Workload(
    Carrier.Sidecar key,
    String uid,
    long generation,
    boolean hasSidecar,
    String managed,
    String lastWriter,
    @Nullable String defaultContainer,
    boolean ownsDefaultContainer,
    @Nullable String firstContainer,
    boolean hostNetwork,
    @Nullable String heldBack) {

  private static final String ON_DELETE = "OnDelete";
  private static final String NO_REPLICAS = "it has 0 replicas; scale it up";
  private static final String DELETE_PODS =
      "its update strategy is OnDelete; delete its pods, so that new ones have the sidecar";

  static Workload of(HasMetadata resource) {
    var metadata = resource.getMetadata();
    var template = template(resource);
    var managers =
        Objects.requireNonNullElse(metadata.getManagedFields(), List.<ManagedFieldsEntry>of());
    String managed = managed(managers);
    return new Workload(
        key(resource),
        metadata.getUid(),
        Objects.requireNonNullElse(metadata.getGeneration(), 0L),
        hasSidecar(template),
        managed,
        lastWriter(managers),
        annotations(template).get(SidecarTemplate.DEFAULT_CONTAINER),
        managed.contains(SidecarTemplate.DEFAULT_CONTAINER),
        template.getSpec().getContainers().stream()
            .map(Container::getName)
            .findFirst()
            .orElse(null),
        Boolean.TRUE.equals(template.getSpec().getHostNetwork()),
        heldBack(resource));
  }

  /** Equal for equal fields, whoever manages others. */
  static String managed(List<ManagedFieldsEntry> managers) {
    return managers.stream()
        .filter(Workload::isOwn)
        .findFirst()
        .map(entry -> String.valueOf(entry.getFieldsV1().getAdditionalProperties()))
        .orElse("");
  }

  /**
   * Whether the operator's field manager manages anything of it as a guest. Where it manages the
   * selector, the whole is the operator's: the Deployment of a TunnelAgent.
   */
  boolean applied() {
    return !managed.isEmpty() && !managed.contains("f:selector");
  }

  static Carrier.Sidecar key(HasMetadata resource) {
    return new Carrier.Sidecar(
        kind(resource), resource.getMetadata().getNamespace(), resource.getMetadata().getName());
  }

  /** What the sidecar's template says for {@link SidecarTemplate#DEFAULT_CONTAINER}. */
  @Nullable String wantedDefaultContainer() {
    return defaultContainer == null || ownsDefaultContainer ? firstContainer : null;
  }

  OwnerReference asOwner() {
    return new OwnerReferenceBuilder()
        .withApiVersion("apps/v1")
        .withKind(key.kind().kubernetesKind())
        .withName(key.name())
        .withUid(uid)
        .build();
  }

  private static Kind kind(HasMetadata resource) {
    return switch (resource) {
      case Deployment deployment -> Kind.DEPLOYMENT;
      case StatefulSet statefulSet -> Kind.STATEFUL_SET;
      case DaemonSet daemonSet -> Kind.DAEMON_SET;
      default -> throw new IllegalArgumentException("not a workload: " + resource.getKind());
    };
  }

  private static @Nullable String heldBack(HasMetadata resource) {
    return switch (resource) {
      case Deployment d when isZero(d.getSpec().getReplicas()) -> NO_REPLICAS;
      case Deployment d when Boolean.TRUE.equals(d.getSpec().getPaused()) ->
          "its roll-out is paused; resume it";
      case StatefulSet s when isZero(s.getSpec().getReplicas()) -> NO_REPLICAS;
      case StatefulSet s
          when s.getSpec().getUpdateStrategy() != null
              && ON_DELETE.equals(s.getSpec().getUpdateStrategy().getType()) ->
          DELETE_PODS;
      case DaemonSet d
          when d.getSpec().getUpdateStrategy() != null
              && ON_DELETE.equals(d.getSpec().getUpdateStrategy().getType()) ->
          DELETE_PODS;
      default -> null;
    };
  }

  private static boolean isZero(@Nullable Integer replicas) {
    return replicas != null && replicas == 0;
  }

  private static PodTemplateSpec template(HasMetadata resource) {
    return switch (resource) {
      case Deployment deployment -> deployment.getSpec().getTemplate();
      case StatefulSet statefulSet -> statefulSet.getSpec().getTemplate();
      case DaemonSet daemonSet -> daemonSet.getSpec().getTemplate();
      default -> throw new IllegalArgumentException("not a workload: " + resource.getKind());
    };
  }

  private static boolean hasSidecar(PodTemplateSpec template) {
    var labels = template.getMetadata() == null ? null : template.getMetadata().getLabels();
    return labels != null
        && Labels.SIDECAR.equals(labels.get(Labels.AGENT))
        && template.getSpec().getInitContainers().stream()
            .anyMatch(container -> SidecarTemplate.CONTAINER.equals(container.getName()));
  }

  private static Map<String, String> annotations(PodTemplateSpec template) {
    return Optional.ofNullable(template.getMetadata())
        .map(metadata -> metadata.getAnnotations())
        .orElse(Map.of());
  }

  private static boolean isOwn(ManagedFieldsEntry entry) {
    return Labels.FIELD_MANAGER.equals(entry.getManager()) && "Apply".equals(entry.getOperation());
  }

  private static String lastWriter(List<ManagedFieldsEntry> managers) {
    return managers.stream()
        .filter(entry -> !isOwn(entry) && !"status".equals(entry.getSubresource()))
        .max(Comparator.comparing(entry -> Objects.requireNonNullElse(entry.getTime(), "")))
        .map(entry -> entry.getManager())
        .orElse("an unknown manager");
  }
}
