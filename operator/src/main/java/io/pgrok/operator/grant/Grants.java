package io.pgrok.operator.grant;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.pgrok.crds.tunnelserver.NamespaceGrant;
import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.grant.NamePattern;
import io.pgrok.protocol.grant.PortRange;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a TunnelServer's grants add up to. Pure. */
public final class Grants {

  private Grants() {}

  /**
   * What the Tunnels of a namespace may claim: everything on a server without grants; nothing on
   * one whose grants do not speak of it.
   *
   * @param labels of the namespace
   */
  public static Grant of(
      @Nullable List<NamespaceGrant> grants, String namespace, Map<String, String> labels) {
    if (grants == null) {
      return Grant.UNLIMITED;
    }
    var own = grants.stream().filter(grant -> isFor(grant, namespace, labels)).toList();
    return sum(own, most(own));
  }

  /** What all namespaces together may claim. */
  public static Grant all(@Nullable List<NamespaceGrant> grants) {
    return grants == null ? Grant.UNLIMITED : sum(grants, null);
  }

  private static Grant sum(List<NamespaceGrant> grants, @Nullable Integer maxTunnels) {
    return new Grant(
        list(grants, NamespaceGrant::subdomains, NamePattern::of),
        list(grants, NamespaceGrant::hostnames, NamePattern::of),
        list(grants, NamespaceGrant::tcpPorts, Grants::range),
        maxTunnels,
        null,
        null);
  }

  /** Null when one of them sets no limit, or there is none. */
  private static @Nullable Integer most(List<NamespaceGrant> grants) {
    boolean unlimited = grants.stream().anyMatch(grant -> grant.maxTunnels() == null);
    return unlimited || grants.isEmpty()
        ? null
        : grants.stream().map(NamespaceGrant::maxTunnels).max(Integer::compare).orElse(null);
  }

  private static <T, R> List<R> list(
      List<NamespaceGrant> grants,
      Function<NamespaceGrant, @Nullable List<T>> part,
      Function<T, R> read) {
    return grants.stream()
        .map(part)
        .filter(Objects::nonNull)
        .flatMap(Collection::stream)
        .map(read)
        .distinct()
        .toList();
  }

  private static PortRange range(IntOrString port) {
    return port.getIntVal() != null
        ? PortRange.of(port.getIntVal().intValue())
        : PortRange.of(port.getStrVal());
  }

  private static boolean isFor(NamespaceGrant grant, String namespace, Map<String, String> labels) {
    var namespaces = grant.namespaces();
    return namespaces == null
        || (namespaces.names() != null && namespaces.names().contains(namespace))
        || (namespaces.selector() != null && selects(namespaces.selector(), labels));
  }

  private static boolean selects(LabelSelector selector, Map<String, String> labels) {
    Map<String, String> equal = Objects.requireNonNullElse(selector.getMatchLabels(), Map.of());
    return labels.entrySet().containsAll(equal.entrySet())
        && Stream.ofNullable(selector.getMatchExpressions())
            .flatMap(List::stream)
            .allMatch(requirement -> holds(requirement, labels));
  }

  private static boolean holds(LabelSelectorRequirement requirement, Map<String, String> labels) {
    @Nullable String value = labels.get(requirement.getKey());
    List<String> values = Objects.requireNonNullElse(requirement.getValues(), List.of());
    return switch (requirement.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}
