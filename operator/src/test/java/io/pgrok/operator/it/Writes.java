package io.pgrok.operator.it;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What the API server has been asked to write, of the kinds that the operator writes. */
final class Writes {

  private static final Pattern COUNTED =
      Pattern.compile(
          "apiserver_request_total\\{.*group=\"([^\"]*)\",resource=\"([^\"]*)\".*"
              + "subresource=\"([^\"]*)\",verb=\"([^\"]*)\".*} (\\S+)");

  private static final Set<String> READING = Set.of("GET", "LIST", "WATCH");

  private static final Set<String> RESOURCES =
      Set.of(
          "tunnels",
          "tunnelservers",
          "tunnelagents",
          "events",
          "secrets",
          "pods",
          "services",
          "ingresses",
          "deployments",
          "statefulsets",
          "daemonsets");

  private Writes() {}

  /** Lines such as {@code tunnels/status APPLY} to how often, since the API server began. */
  static Map<String, Long> of(KubernetesClient client) {
    var writes = new TreeMap<String, Long>();
    client
        .raw("/metrics")
        .lines()
        .forEach(line -> {
          var match = COUNTED.matcher(line);
          if (match.matches()
              && RESOURCES.contains(match.group(2))
              && !READING.contains(match.group(4))) {
            String what = match.group(2) + (match.group(3).isEmpty() ? "" : "/" + match.group(3));
            writes.merge(
                what + " " + match.group(4), (long) Double.parseDouble(match.group(5)), Long::sum);
          }
        });
    return writes;
  }

  /** What came since then. */
  static Map<String, Long> since(Map<String, Long> before, KubernetesClient client) {
    var since = new TreeMap<String, Long>();
    of(client)
        .forEach((what, count) -> {
          long more = count - before.getOrDefault(what, 0L);
          if (more > 0) {
            since.put(what, more);
          }
        });
    return since;
  }
}
