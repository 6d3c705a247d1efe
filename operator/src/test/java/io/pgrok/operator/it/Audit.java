package io.pgrok.operator.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the operators have asked of the API server, by the API server's own audit log. */
final class Audit {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A watch is logged when it begins, everything else when it has been answered. */
  private static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
        - {level: Metadata, users: ["%s"]}
        - {level: None}
      """
          .formatted(ApiServerProcess.OPERATOR_USER);

  private final Path policy;
  private final Path log;

  Audit(Path folder) throws IOException {
    policy = Files.writeString(folder.resolve("audit-policy.yaml"), POLICY);
    log = Files.createFile(folder.resolve("audit.log"));
  }

  /** For the API server. */
  List<String> options() {
    return List.of(
        "--audit-policy-file=" + policy, "--audit-log-path=" + log, "--audit-log-mode=blocking");
  }

  /** Such as {@code get leases} to how often, between the two times. */
  Map<String, Long> requests(Instant from, Instant to) throws IOException {
    var requests = new TreeMap<String, Long>();
    try (var lines = Files.newBufferedReader(log)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var event = JSON.readTree(line);
        var received = Instant.parse(event.path("requestReceivedTimestamp").asText());
        if (isBegin(event) && !received.isBefore(from) && received.isBefore(to)) {
          requests.merge(name(event), 1L, Long::sum);
        }
      }
    }
    return requests;
  }

  private static boolean isBegin(JsonNode event) {
    boolean watch = event.path("verb").asText().equals("watch");
    return event.path("stage").asText().equals(watch ? "ResponseStarted" : "ResponseComplete");
  }

  private static String name(JsonNode event) {
    var object = event.path("objectRef");
    String sub = object.path("subresource").asText();
    return "%s %s%s"
        .formatted(
            event.path("verb").asText(),
            object.path("resource").asText(event.path("requestURI").asText()),
            sub.isEmpty() ? "" : "/" + sub);
  }
}
