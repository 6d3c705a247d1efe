package io.pgrok.operator.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the keys that sign share links, for Tunnels that name none. Each is made once. */
@ApplicationScoped
public class ShareKeys {

  private static final Logger log = LoggerFactory.getLogger(ShareKeys.class);
  private static final int KEY_BYTES = 32;

  private final KubernetesClient client;
  private final SecureRandom random = new SecureRandom();

  ShareKeys(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Makes the Secret unless the watch knows it.
   *
   * @return why it cannot be made; empty when it was, or needs not be
   */
  Optional<Verdict> ensure(Tunnel tunnel, Cluster cluster) {
    String namespace = tunnel.getMetadata().getNamespace();
    var wanted =
        Demands.shareSecret(tunnel)
            .filter(name -> Demands.makesShareKey(tunnel) && cluster.secretsEnabled())
            .filter(name -> cluster.secret(namespace, name).isEmpty());
    return wanted.flatMap(name -> make(tunnel, name));
  }

  private Optional<Verdict> make(Tunnel tunnel, String name) {
    try {
      client.resource(secret(tunnel, name)).create();
      log.info("share key made namespace={} secret={}", tunnel.getMetadata().getNamespace(), name);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        throw e;
      }
      return Optional.of(
          new Verdict(
              Reason.SECRET_NOT_FOUND,
              ("Secret %s, which would be made for its share links, exists without label %s: \"true\";"
                      + " give it the label, or name another in access.share.secretName")
                  .formatted(name, Labels.TUNNEL_SECRET)));
    }
  }

  private Secret secret(Tunnel tunnel, String name) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    String text = Base64.getEncoder().encodeToString(key);
    var metadata = tunnel.getMetadata();
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(metadata.getNamespace())
        .withName(name)
        .addToLabels(Labels.TUNNEL_SECRET, "true")
        .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(tunnel.getApiVersion())
                .withKind(tunnel.getKind())
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .build())
        .endMetadata()
        .addToData("key", Base64.getEncoder().encodeToString(text.getBytes(UTF_8)))
        .build();
  }
}
