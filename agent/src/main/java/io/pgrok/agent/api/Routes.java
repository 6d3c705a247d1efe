package io.pgrok.agent.api;

import static io.netty.handler.codec.http.HttpResponseStatus.ACCEPTED;
import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.CONFLICT;
import static io.netty.handler.codec.http.HttpResponseStatus.CREATED;
import static io.netty.handler.codec.http.HttpResponseStatus.GATEWAY_TIMEOUT;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.pgrok.agent.config.ConfigText;
import io.pgrok.agent.config.Flags;
import io.pgrok.agent.config.SessionSpecs;
import io.pgrok.agent.config.TunnelSpec;
import io.pgrok.agent.inspect.Capture;
import io.pgrok.agent.inspect.Captures;
import io.pgrok.agent.inspect.ExchangeJson;
import io.pgrok.agent.inspect.Har;
import io.pgrok.agent.inspect.Latencies;
import io.pgrok.agent.inspect.Replay;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the API answers, apart from streams.
 *
 * <pre>
 *   GET    /api/requests                       the newest exchanges
 *   DELETE /api/requests                       forget them
 *   GET    /api/requests/ID                    one, with headers and bodies
 *   GET    /api/requests/ID/{request|response} a body's bytes
 *   POST   /api/requests/ID/replay             ask again; {method, path, headers, body} change it
 *   GET    /api/requests.har                   an HTTP archive
 *   POST   /api/capture                        {paused}
 *   GET    /api/tunnels                        those that are open
 *   POST   /api/tunnels                        open one: {name, proto, subdomain, …}
 *   DELETE /api/tunnels/NAME                   close it
 *   GET    /api/metrics                        counters and latency
 * </pre>
 */
final class Routes {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern ONE =
      Pattern.compile("/api/requests/([0-9]{1,18})(/request|/response|/replay)?");

  private final Captures captures;
  private final TunnelControl tunnels;
  private final StatusBoard board;
  private final Traffic traffic;

  Routes(Captures captures, TunnelControl tunnels, StatusBoard board, Traffic traffic) {
    this.captures = captures;
    this.tunnels = tunnels;
    this.board = board;
    this.traffic = traffic;
  }

  /** A request that cannot be answered as it is; the text says what to change. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    final HttpResponseStatus status;

    RefusedException(HttpResponseStatus status, String why) {
      super(why);
      this.status = status;
    }
  }

  /** Null when the path is none of ours. */
  @Nullable CompletableFuture<Answer> answer(HttpMethod method, String uri, String body) {
    QueryStringDecoder query = new QueryStringDecoder(uri);
    try {
      return route(method.name() + " " + query.path(), query, body);
    } catch (RefusedException e) {
      return done(error(e.status, String.valueOf(e.getMessage())));
    } catch (JsonProcessingException e) {
      return done(error(BAD_REQUEST, "the body is not valid JSON"));
    } catch (IllegalArgumentException e) {
      return done(error(BAD_REQUEST, "the URL is not valid"));
    }
  }

  private @Nullable CompletableFuture<Answer> route(
      String route, QueryStringDecoder query, String body)
      throws RefusedException, JsonProcessingException {
    Matcher one = ONE.matcher(query.path());
    if (one.matches()) {
      Capture capture = captures.find(Long.parseLong(one.group(1)));
      if (capture == null) {
        throw new RefusedException(NOT_FOUND, "that request is not kept any more");
      }
      return one(route.substring(0, route.indexOf(' ')), one.group(2), capture, query, body);
    }
    return switch (route) {
      case "GET /api/requests" -> done(Answer.json(list()));
      case "DELETE /api/requests" -> {
        captures.clear();
        yield done(Answer.empty());
      }
      case "GET /api/requests.har" -> done(har(captures.all(), query));
      case "POST /api/capture" -> {
        captures.pause(JSON.readTree(body).path("paused").asBoolean());
        yield done(Answer.json(JSON.createObjectNode().put("paused", captures.isPaused())));
      }
      case "GET /api/metrics" -> done(Answer.json(metrics()));
      case "GET /api/tunnels" -> done(Answer.json(tunnels()));
      case "POST /api/tunnels" -> done(open(body));
      default ->
          route.startsWith("DELETE /api/tunnels/")
              ? done(close(query.path().substring("/api/tunnels/".length())))
              : null;
    };
  }

  private @Nullable CompletableFuture<Answer> one(
      String method, @Nullable String part, Capture capture, QueryStringDecoder query, String body)
      throws RefusedException, JsonProcessingException {
    return switch (method + (part == null ? "" : part)) {
      case "GET" -> done(Answer.json(ExchangeJson.details(capture, secrets(query))));
      case "GET/request" -> done(bytes(capture.id(), "request", ExchangeJson.requestBody(capture)));
      case "GET/response" ->
          done(bytes(capture.id(), "response", ExchangeJson.responseBody(capture)));
      case "POST/replay" -> replay(capture, body);
      default -> null;
    };
  }

  private static boolean secrets(QueryStringDecoder query) {
    return query.parameters().getOrDefault("secrets", List.of()).contains("1");
  }

  private ObjectNode list() {
    ObjectNode json = JSON.createObjectNode();
    ArrayNode requests = json.putArray("requests");
    captures.all().reversed().forEach(capture -> requests.add(ExchangeJson.summary(capture)));
    json.put("paused", captures.isPaused());
    return json;
  }

  /** Saved, never shown: it is another site's page, script or picture. */
  private static Answer bytes(long id, String side, byte[] body) {
    return new Answer(OK, "application/octet-stream", body, "pgrok-" + id + "-" + side + ".bin");
  }

  private Answer har(List<Capture> wanted, QueryStringDecoder query) {
    List<String> ids = query.parameters().getOrDefault("id", List.of());
    List<Capture> chosen =
        ids.isEmpty()
            ? wanted
            : wanted.stream().filter(c -> ids.contains(String.valueOf(c.id()))).toList();
    ObjectNode har = Har.of(chosen, board.current().version(), secrets(query));
    byte[] text = har.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return new Answer(OK, "application/json", text, "pgrok.har");
  }

  private CompletableFuture<Answer> replay(Capture capture, String body)
      throws RefusedException, JsonProcessingException {
    try {
      return Replay.start(captures, capture, edit(body))
          .thenApply(id -> Answer.json(ACCEPTED, JSON.createObjectNode().put("id", id)))
          .exceptionally(e -> error(GATEWAY_TIMEOUT, "the private service could not be reached"));
    } catch (Replay.ImpossibleException e) {
      throw new RefusedException(CONFLICT, String.valueOf(e.getMessage()));
    }
  }

  private static Replay.Edit edit(String body) throws RefusedException, JsonProcessingException {
    if (body.isBlank()) {
      return Replay.Edit.NONE;
    }
    JsonNode json = JSON.readTree(body);
    List<Map.Entry<String, String>> headers = null;
    if (json.hasNonNull("headers")) {
      headers = new ArrayList<>();
      for (JsonNode header : json.get("headers")) {
        if (!header.isArray() || header.size() != 2) {
          throw new RefusedException(
              BAD_REQUEST, "headers must be a list of pairs such as [[\"Accept\", \"*/*\"]]");
        }
        headers.add(Map.entry(header.get(0).asText(), header.get(1).asText()));
      }
    }
    return new Replay.Edit(
        json.hasNonNull("method") ? json.get("method").asText() : null,
        json.hasNonNull("path") ? json.get("path").asText() : null,
        headers,
        json.hasNonNull("body")
            ? json.get("body").asText().getBytes(java.nio.charset.StandardCharsets.UTF_8)
            : null);
  }

  private ObjectNode metrics() {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("connections").put("total", traffic.total()).put("open", traffic.open());
    Latencies.Summary latency = captures.latencies().summary();
    json.putObject("requests")
        .put("total", latency.count())
        .put("p50", latency.p50())
        .put("p90", latency.p90())
        .put("p99", latency.p99());
    return json;
  }

  private JsonNode tunnels() {
    List<AgentStatus.Tunnel> open =
        board.current().sessions().stream().flatMap(session -> session.tunnels().stream()).toList();
    return JSON.createObjectNode().set("tunnels", JSON.valueToTree(open));
  }

  private Answer open(String body) throws RefusedException, JsonProcessingException {
    JsonNode json = JSON.readTree(body);
    if (!(json instanceof ObjectNode wanted) || !wanted.path("name").isTextual()) {
      throw new RefusedException(
          BAD_REQUEST,
          "needs a name, such as {\"name\": \"web\", \"proto\": {\"http\": \"8080\"}}");
    }
    String name = wanted.remove("name").asText();
    ObjectNode file = JSON.createObjectNode();
    file.putObject("tunnels").set(name, wanted);
    try {
      // JSON is YAML: the request is read and checked like a configuration file.
      TunnelSpec tunnel =
          SessionSpecs.resolve(new ConfigText("api", "the request", file.toString()), Flags.NONE)
              .tunnels()
              .getFirst();
      if (!tunnels.open(tunnel)) {
        throw new RefusedException(CONFLICT, "there is no session with a server");
      }
    } catch (InvalidConfigException e) {
      throw new RefusedException(BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    return Answer.json(CREATED, JSON.createObjectNode().put("name", name));
  }

  private Answer close(String name) throws RefusedException {
    if (!tunnels.close(name)) {
      throw new RefusedException(NOT_FOUND, "there is no tunnel of that name");
    }
    return Answer.empty();
  }

  private static Answer error(HttpResponseStatus status, String why) {
    return Answer.json(status, JSON.createObjectNode().put("error", why));
  }

  private static CompletableFuture<Answer> done(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
