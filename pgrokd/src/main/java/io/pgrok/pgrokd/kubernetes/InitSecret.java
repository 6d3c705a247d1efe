package io.pgrok.pgrokd.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgrok.protocol.certificate.ServerNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the init container does once its options are understood. */
record InitSecret(ApiServer api, String namespace, Instant now) {

  /** Identity of everybody who uses the chart's token, in logs and metrics. */
  private static final String TOKEN_NAME = "default";

  /**
   * What is wanted.
   *
   * @param address host:port of the tunnel listener, as agents of this cluster reach it
   * @param deployment owns the Secrets
   * @param newSigningKey whether to sign with another key from now on
   */
  record Plan(
      String domain,
      String address,
      ServerNames names,
      Given given,
      String deployment,
      String secret,
      String acceptedSecret,
      String connectionSecret,
      boolean newSigningKey,
      Path directory) {}

  void run(Plan plan) throws ApiServerException, IOException, InterruptedException {
    Secret.Owner owner = owner(plan.deployment());
    Map<String, String> own = serverSecret(plan, owner);
    ServerFiles files = new ServerFiles(plan.directory());
    Given given = plan.given();

    if (!given.certificate()) {
      files.writeCertificate(value(own, ServerSecret.CERTIFICATE), value(own, ServerSecret.KEY));
    }
    String token = given.token() != null ? given.token() : value(own, ServerSecret.TOKEN);
    AcceptedSecret.Data accepted =
        AcceptedSecret.Data.of(TOKEN_NAME, token, value(own, ServerSecret.PUBLIC_KEYS));
    files.write(accepted);
    Secret published =
        new Secret(
            Resource.secret(namespace, plan.acceptedSecret()), owner, Map.of(), accepted.byKey());
    new Secrets(api).converge(published.resource(), current -> published);

    // Last: who reads it may dial at once.
    @Nullable String authority =
        given.certificate() ? given.authority() : value(own, ServerSecret.CA);
    Secret connection =
        new Secret(
            Resource.secret(namespace, plan.connectionSecret()),
            owner,
            ConnectionSecret.LABELS,
            ConnectionSecret.data(
                plan.address(),
                plan.domain(),
                token,
                value(own, ServerSecret.SIGNING_KEY),
                authority));
    new Secrets(api).converge(connection.resource(), current -> connection);
  }

  private Map<String, String> serverSecret(Plan plan, Secret.Owner owner)
      throws ApiServerException, InterruptedException {
    Resource resource = Resource.secret(namespace, plan.secret());
    return new Secrets(api)
        .converge(
            resource,
            current ->
                new Secret(
                    resource,
                    owner,
                    Map.of(),
                    ServerSecret.complete(
                        plan.newSigningKey() ? ServerSecret.withoutSigningKey(current) : current,
                        plan.given(),
                        plan.names(),
                        now)))
        .data();
  }

  private Secret.Owner owner(String deployment) throws ApiServerException, InterruptedException {
    JsonNode found =
        api.get(Resource.deployment(namespace, deployment))
            .orElseThrow(() ->
                new ApiServerException(
                    "There is no Deployment '%s' in namespace '%s' (--owner-deployment)."
                        .formatted(deployment, namespace),
                    null));
    return new Secret.Owner(deployment, found.at("/metadata/uid").asText());
  }

  private static String value(Map<String, String> data, String key) {
    String value = data.get(key);
    if (value == null) {
      throw new IllegalStateException("converged Secret lacks " + key);
    }
    return value;
  }
}
