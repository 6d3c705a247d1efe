package io.pgrok.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
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
   * Writes an Event about a resource. One that cannot be written is logged and lost: status, which
   * says the same, must not wait for it.
   */
  public void tell(HasMetadata about, Condition ready) {
    boolean wanted = "True".equals(ready.getStatus()) || Reason.isWanted(ready.getReason());
    tell(about, ready, wanted ? "Normal" : "Warning");
  }

  /** As {@link #tell}, of a condition that holds and that nobody wants. */
  public void warn(HasMetadata about, Condition condition) {
    tell(about, condition, "Warning");
  }

  private void tell(HasMetadata about, Condition ready, String type) {
    var metadata = about.getMetadata();
    String namespace = Objects.requireNonNullElse(metadata.getNamespace(), "default");
    var now = clock.instant();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withName(metadata.getName() + "." + unique(now))
            .withNamespace(namespace)
            .endMetadata()
            .withType(type)
            .withReason(ready.getReason())
            .withNote(ready.getMessage())
            .withAction("Reconcile")
            .withEventTime(new MicroTime(MICROS.format(now)))
            .withReportingController("pgrok.io/" + Labels.FIELD_MANAGER)
            .withReportingInstance(
                Optional.ofNullable(System.getenv("HOSTNAME")).orElse(Labels.FIELD_MANAGER))
            .withRegarding(
                new ObjectReferenceBuilder()
                    .withApiVersion(about.getApiVersion())
                    .withKind(about.getKind())
                    .withNamespace(metadata.getNamespace())
                    .withName(metadata.getName())
                    .withUid(metadata.getUid())
                    .build())
            .build();
    try {
      client.events().v1().events().inNamespace(namespace).resource(event).create();
    } catch (KubernetesClientException e) {
      log.warn(
          "event not written kind={} namespace={} name={} reason={} error={}",
          about.getKind(),
          namespace,
          metadata.getName(),
          ready.getReason(),
          e.getMessage());
    }
  }

  /** As other clients name Events: the time in hexadecimal nanoseconds. */
  private static String unique(Instant now) {
    return Long.toHexString(now.getEpochSecond() * 1_000_000_000L + now.getNano());
  }
}
