package io.pgrok.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pgrok.operator.Labels;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people on the resource itself what they should know. Thread-safe. */
@ApplicationScoped
public class Events {

  private static final Logger log = LoggerFactory.getLogger(Events.class);

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final KubernetesClient client;
  private final Clock clock;

  Events(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Writes an Event about a resource, for after its status is stored: a status that has to be tried
   * again must not be told twice. An Event that cannot be written is logged and lost.
   */
  public void tell(HasMetadata about, Condition ready) {
    boolean wanted = "True".equals(ready.getStatus()) || Reason.isWanted(ready.getReason());
    tell(about, ready, wanted ? "Normal" : "Warning");
  }

  /** As {@link #tell}, of a condition that holds and that nobody wants. */
  public void warn(HasMetadata about, Condition condition) {
    tell(about, condition, "Warning");
  }

  /** As {@link #tell}, of a problem that no condition says. */
  public void warn(HasMetadata about, Verdict problem) {
    write(about, reference(about), problem.reason().text(), problem.message(), "Warning");
  }

  /** Also to the owner of a Tunnel that was made for him: that is where he looks. */
  private void tell(HasMetadata about, Condition ready, String type) {
    write(about, reference(about), ready.getReason(), ready.getMessage(), type);
    owner(about)
        .ifPresent(owner ->
            write(
                about,
                owner,
                ready.getReason(),
                "Tunnel %s: %s".formatted(about.getMetadata().getName(), ready.getMessage()),
                type));
  }

  private static ObjectReference reference(HasMetadata about) {
    return new ObjectReferenceBuilder()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(about.getMetadata().getNamespace())
        .withName(about.getMetadata().getName())
        .withUid(about.getMetadata().getUid())
        .build();
  }

  private static Optional<ObjectReference> owner(HasMetadata about) {
    return about.getMetadata().getOwnerReferences().stream()
        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
        .filter(reference -> Labels.areOurs(about.getMetadata()))
        .findFirst()
        .map(reference ->
            new ObjectReferenceBuilder()
                .withApiVersion(reference.getApiVersion())
                .withKind(reference.getKind())
                .withNamespace(about.getMetadata().getNamespace())
                .withName(reference.getName())
                .withUid(reference.getUid())
                .build());
  }

  private void write(
      HasMetadata from, ObjectReference about, String reason, String note, String type) {
    var metadata = from.getMetadata();
    String namespace = Objects.requireNonNullElse(metadata.getNamespace(), "default");
    var now = clock.instant();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withName(about.getName() + "." + unique(now))
            .withNamespace(namespace)
            .endMetadata()
            .withType(type)
            .withReason(reason)
            .withNote(note)
            .withAction("Reconcile")
            .withEventTime(new MicroTime(MICROS.format(now)))
            .withReportingController("pgrok.io/" + Labels.FIELD_MANAGER)
            .withReportingInstance(
                Optional.ofNullable(System.getenv("HOSTNAME")).orElse(Labels.FIELD_MANAGER))
            .withRegarding(about)
            .build();
    try {
      client.events().v1().events().inNamespace(namespace).resource(event).create();
    } catch (KubernetesClientException e) {
      log.warn(
          "event not written kind={} namespace={} name={} reason={} error={}",
          about.getKind(),
          namespace,
          about.getName(),
          reason,
          e.getMessage());
    }
  }

  /** As other clients name Events: the time in hexadecimal nanoseconds. */
  private static String unique(Instant now) {
    return Long.toHexString(now.getEpochSecond() * 1_000_000_000L + now.getNano());
  }
}
