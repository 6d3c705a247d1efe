package io.pgrok.pgrokd.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.pgrok.pgrokd.certificate.CertificateAuthority;
import io.pgrok.pgrokd.certificate.CertifiedKey;
import io.pgrok.pgrokd.certificate.Pem;
import io.pgrok.protocol.certificate.ServerNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * As much of an API server as init-secret sees: objects by path, resource versions, merge patches
 * and the answers 401, 403, 404 and 409, over TLS with a certificate that only its ca.crt vouches
 * for.
 */
final class FakeApiServer implements AutoCloseable {
  static final String TOKEN = "the-pod's-token";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, ObjectNode> objects = new TreeMap<>();
  private final Deque<Reply> replies = new ArrayDeque<>();
  private final List<String> requests = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpsServer server;
  private int version;

  /** What to answer instead of the truth; may change the objects meanwhile. */
  interface Reply {
    int status(String request);
  }

  FakeApiServer(Path serviceAccount) throws Exception {
    CertificateAuthority authority =
        CertificateAuthority.create(
            "cluster CA", new CertificateAuthority.Scope.Any(), Instant.now());
    CertifiedKey certified =
        authority.issue(ServerNames.of(List.of("127.0.0.1")), Duration.ofDays(1), Instant.now());
    Files.createDirectories(serviceAccount);
    Files.writeString(serviceAccount.resolve("token"), TOKEN + "\n");
    Files.writeString(serviceAccount.resolve("namespace"), "edge");
    Files.writeString(serviceAccount.resolve("ca.crt"), Pem.of(authority.identity().certificate()));

    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(certified)));
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  Map<String, String> environment() {
    return Map.of(
        "KUBERNETES_SERVICE_HOST",
        "127.0.0.1",
        "KUBERNETES_SERVICE_PORT",
        String.valueOf(server.getAddress().getPort()));
  }

  /** The next request gets this answer; may be called several times. */
  synchronized void replyOnce(Reply reply) {
    replies.add(reply);
  }

  /** As if somebody else had done it. */
  synchronized void put(String path, String json) {
    try {
      store(path, (ObjectNode) JSON.readTree(json));
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  synchronized Optional<JsonNode> object(String path) {
    return Optional.ofNullable(objects.get(path)).map(ObjectNode::deepCopy);
  }

  /** The decoded data of a Secret of namespace edge. */
  Map<String, String> secret(String name) {
    return Secret.data(object("/api/v1/namespaces/edge/secrets/" + name).orElseThrow());
  }

  synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      int status = answer(exchange, path, body);
      byte[] text = body(status, path).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, text.length);
      exchange.getResponseBody().write(text);
    }
  }

  private synchronized int answer(HttpExchange exchange, String path, byte[] body)
      throws IOException {
    String method = exchange.getRequestMethod();
    requests.add(method + " " + path);
    if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      return 401;
    }
    if (!replies.isEmpty()) {
      int status = replies.remove().status(method + " " + path);
      if (status != 0) {
        return status;
      }
    }
    return switch (method) {
      case "GET" -> objects.containsKey(path) ? 200 : 404;
      case "POST" -> create(path, (ObjectNode) JSON.readTree(body));
      case "PATCH" -> patch(path, JSON.readTree(body));
      default -> 405;
    };
  }

  private int create(String collection, ObjectNode object) {
    String path = collection + "/" + object.at("/metadata/name").asText();
    if (objects.containsKey(path)) {
      return 409;
    }
    store(path, object);
    return 201;
  }

  private int patch(String path, JsonNode patch) {
    ObjectNode object = objects.get(path);
    if (object == null) {
      return 404;
    }
    JsonNode expected = patch.at("/metadata/resourceVersion");
    if (!expected.equals(object.at("/metadata/resourceVersion"))) {
      return 409;
    }
    ObjectNode changed = object.deepCopy();
    merge(changed, patch);
    store(path, changed);
    return 200;
  }

  /** RFC 7386: objects are merged, everything else is replaced. */
  private static void merge(ObjectNode target, JsonNode patch) {
    for (var field : patch.properties()) {
      if (field.getValue().isNull()) {
        target.remove(field.getKey());
      } else if (field.getValue().isObject()
          && target.get(field.getKey()) instanceof ObjectNode o) {
        merge(o, field.getValue());
      } else {
        target.set(field.getKey(), field.getValue());
      }
    }
  }

  private void store(String path, ObjectNode object) {
    object.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
    objects.put(path, object);
  }

  private synchronized String body(int status, String path) {
    return status == 200
        ? String.valueOf(objects.get(path))
        : "{\"kind\":\"Status\",\"message\":\"fake says %d\"}".formatted(status);
  }

  private static SSLContext context(CertifiedKey certified) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server", certified.key(), new char[0], new Certificate[] {certified.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
