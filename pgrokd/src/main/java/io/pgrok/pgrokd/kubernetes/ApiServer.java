package io.pgrok.pgrokd.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * The few requests that init-secret makes, with the JDK's own client: a Kubernetes client library
 * would weigh more than the server. Not for several threads.
 */
final class ApiServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  private final ServiceAccount account;
  private final Retry retry;
  private final HttpClient client;

  /**
   * @throws IOException when the ServiceAccount's ca.crt cannot be used
   */
  ApiServer(ServiceAccount account, Retry retry) throws IOException {
    this.account = account;
    this.retry = retry;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .sslContext(Trust.only(account.authority()))
            .build();
  }

  /** The object, or empty when there is none of that name. */
  Optional<JsonNode> get(Resource resource) throws ApiServerException, InterruptedException {
    HttpResponse<String> response = send("get", resource, request(resource.path()).GET());
    return switch (response.statusCode()) {
      case 200 -> Optional.of(parse(resource, response.body()));
      case 404 -> Optional.empty();
      default -> throw refused("get", resource, response);
    };
  }

  /** False when somebody else has created it before. */
  boolean create(Resource resource, JsonNode object)
      throws ApiServerException, InterruptedException {
    HttpResponse<String> response =
        send(
            "create",
            resource,
            request(resource.collection())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(object.toString())));
    return switch (response.statusCode()) {
      case 200, 201 -> true;
      case 409 -> false;
      default -> throw refused("create", resource, response);
    };
  }

  /** False when somebody else has changed or deleted it since the patch's resourceVersion. */
  boolean patch(Resource resource, JsonNode mergePatch)
      throws ApiServerException, InterruptedException {
    HttpResponse<String> response =
        send(
            "patch",
            resource,
            request(resource.path())
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(mergePatch.toString())));
    return switch (response.statusCode()) {
      case 200 -> true;
      case 404, 409 -> false;
      default -> throw refused("patch", resource, response);
    };
  }

  @Override
  public void close() {
    client.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(account.server().resolve(path))
        .timeout(REQUEST_TIMEOUT)
        .header("Accept", "application/json");
  }

  private HttpResponse<String> send(String verb, Resource resource, HttpRequest.Builder request)
      throws ApiServerException, InterruptedException {
    return retry.call(() -> sendOnce(verb, resource, request));
  }

  private HttpResponse<String> sendOnce(String verb, Resource resource, HttpRequest.Builder request)
      throws ApiServerException, InterruptedException {
    try {
      request.setHeader("Authorization", "Bearer " + account.token());
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      int status = response.statusCode();
      if (status == 429 || status >= 500) {
        throw new ApiServerException.Unavailable(said(verb, resource, response), null);
      }
      return response;
    } catch (IOException e) {
      throw new ApiServerException.Unavailable(
          "The API server at %s cannot be reached: %s".formatted(account.server(), e), e);
    }
  }

  private static ApiServerException refused(
      String verb, Resource resource, HttpResponse<String> response) {
    String said = said(verb, resource, response);
    String fix =
        switch (response.statusCode()) {
          case 401 -> ". The ServiceAccount's token is not valid for this cluster.";
          case 403 ->
              ". Grant the pod's ServiceAccount: apiGroups [\"%s\"], resources [\"%s\"], verbs [\"%s\"]%s"
                  .formatted(
                      resource.group(),
                      resource.plural(),
                      verb,
                      // Kubernetes cannot limit create to a name.
                      verb.equals("create")
                          ? "."
                          : ", resourceNames [\"" + resource.name() + "\"].");
          default -> ".";
        };
    return new ApiServerException(said + fix, null);
  }

  private static String said(String verb, Resource resource, HttpResponse<String> response) {
    return "The API server answered %d to '%s %s/%s' in namespace '%s': %s"
        .formatted(
            response.statusCode(),
            verb,
            resource.plural(),
            resource.name(),
            resource.namespace(),
            message(response.body()));
  }

  private static String message(String body) {
    try {
      return JSON.readTree(body).path("message").asText("no reason given");
    } catch (JsonProcessingException notAStatus) {
      return "no reason given";
    }
  }

  private static JsonNode parse(Resource resource, String body) throws ApiServerException {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      // Without the cause: it may quote the Secret.
      throw new ApiServerException(
          "The API server's answer for %s is not JSON.".formatted(resource.path()), null);
    }
  }
}
