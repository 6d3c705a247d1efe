package io.pgrok.crds.tunnelserver;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Tunnels of some namespaces may claim on a server. What a grant does not list it does not
 * give; several grants of one namespace add up.
 *
 * @param namespaces to whom; null for all
 * @param subdomains patterns of labels below the server's domain
 * @param hostnames patterns of whole names
 * @param tcpPorts ports and ranges
 * @param maxTunnels of each of the namespaces; null for no limit
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NamespaceGrant(
    @JsonPropertyDescription("The namespaces that it is for. Left out: all of them.")
        @Nullable Namespaces namespaces,
    @JsonPropertyDescription(
            "Labels below the server's domain, with * for any run of characters: pr-*, or * for all."
                + " Left out: none.")
        @Size(max = 32)
        @ValidationRule(
            value = "self.all(p, size(p) <= 63 && p.matches('^[-a-z0-9*]+$'))",
            message =
                "each of subdomains must be one label of lower-case letters, digits, hyphens and *,"
                    + " such as web or pr-*")
        @Nullable List<String> subdomains,
    @JsonPropertyDescription(
            "Whole names, with * for any run of characters within one label: *.shop.example.com."
                + " Left out: none.")
        @Size(max = 32)
        @ValidationRule(
            value = "self.all(p, size(p) <= 253 && p.matches('^[-a-z0-9*]+([.][-a-z0-9*]+)+$'))",
            message =
                "each of hostnames must be a lower-case DNS name, which may have * in its labels,"
                    + " such as *.shop.example.com")
        @Nullable List<String> hostnames,
    @JsonPropertyDescription(
            "Public TCP ports and ranges: 7000, 7000-7099. A tunnel that asks for no certain port"
                + " needs one of them, too. Left out: none.")
        @Size(max = 32)
        @ValidationRule(
            value =
                "self.all(p, type(p) == int ? p >= 1 && p <= 65535 :"
                    + " p.matches('^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$') &&"
                    + " p.split('-').all(end, int(p.split('-')[0]) <= int(end) && int(end) <= 65535))",
            message =
                "each of tcpPorts must be a port from 1 to 65535 or a range of them, the smaller one"
                    + " first, such as 7000 or 7000-7099")
        @Nullable List<IntOrString> tcpPorts,
    @JsonPropertyDescription("How many Tunnels each of the namespaces may have. Left out: any.")
        @Min(1)
        @Nullable Integer maxTunnels) {

  public NamespaceGrant {
    subdomains = subdomains == null ? null : List.copyOf(subdomains);
    hostnames = hostnames == null ? null : List.copyOf(hostnames);
    tcpPorts = tcpPorts == null ? null : List.copyOf(tcpPorts);
  }

  /**
   * Namespaces by name, by label, or both: either is enough.
   *
   * @param names of them
   * @param selector of their labels
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.names) || has(self.selector)",
      message = "namespaces needs names or a selector; leave namespaces out for all")
  public record Namespaces(
      @JsonPropertyDescription("Their names.") @Size(min = 1, max = 128)
          @Nullable List<String> names,
      @JsonPropertyDescription("Those whose labels it selects.") @Nullable LabelSelector selector) {

    public Namespaces {
      names = names == null ? null : List.copyOf(names);
    }
  }
}
