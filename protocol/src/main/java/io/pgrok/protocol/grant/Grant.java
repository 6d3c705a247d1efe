package io.pgrok.protocol.grant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an identity may claim. A list that is null limits nothing; an empty one allows nothing.
 *
 * @param subdomains patterns of labels below the server's domain
 * @param hostnames patterns of whole names
 * @param tcpPorts public TCP ports
 * @param maxTunnels over all its sessions; null for no limit of its own
 * @param maxConnections visitors at once, over all its tunnels; null for no limit of its own
 * @param requestsPerSecond requests (or TCP connections), over all its tunnels; null for no limit
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Grant(
    @JsonProperty("subdomains") @Nullable List<NamePattern> subdomains,
    @JsonProperty("hostnames") @Nullable List<NamePattern> hostnames,
    @JsonProperty("tcpPorts") @Nullable List<PortRange> tcpPorts,
    @JsonProperty("maxTunnels") @Nullable Integer maxTunnels,
    @JsonProperty("maxConnections") @Nullable Integer maxConnections,
    @JsonProperty("requestsPerSecond") @Nullable Integer requestsPerSecond) {

  public static final Grant UNLIMITED = new Grant(null, null, null, null, null, null);

  public Grant {
    positive("maxTunnels", maxTunnels);
    positive("maxConnections", maxConnections);
    positive("requestsPerSecond", requestsPerSecond);
  }

  public boolean allowsSubdomain(String label) {
    return subdomains == null || subdomains.stream().anyMatch(p -> p.matches(label));
  }

  public boolean allowsHostname(String name) {
    return hostnames == null || hostnames.stream().anyMatch(p -> p.matches(name));
  }

  public boolean allowsTcpPort(int port) {
    return tcpPorts == null || tcpPorts.stream().anyMatch(range -> range.contains(port));
  }

  private static void positive(String field, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw new IllegalArgumentException(field + " must be at least 1, not " + value);
    }
  }
}
