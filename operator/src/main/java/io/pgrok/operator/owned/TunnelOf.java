package io.pgrok.operator.owned;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.pgrok.crds.tunnel.Access;
import io.pgrok.crds.tunnel.PathTarget;
import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.Tls;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelSpec;
import io.pgrok.operator.Labels;
import io.pgrok.operator.Owner;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the Tunnels of an owner. Pure. */
public final class TunnelOf {

  private final HasMetadata owner;

  public TunnelOf(HasMetadata owner) {
    this.owner = owner;
  }

  /**
   * For HTTP and HTTPS.
   *
   * @param hostname null for a name made of the Tunnel's
   * @param service null when only paths lead somewhere
   * @param paths that lead elsewhere
   * @param certificate the Secret that has one for the host; null for the server's own
   */
  public Tunnel http(
      String name,
      @Nullable String hostname,
      @Nullable ServiceTarget service,
      List<PathTarget> paths,
      @Nullable String certificate) {
    return tunnel(
        name,
        Protocol.HTTP,
        hostname,
        null,
        service,
        paths.isEmpty() ? null : paths,
        null,
        certificate == null ? null : new Tls(certificate));
  }

  /**
   * For bytes.
   *
   * @param remotePort null for any
   * @param access null for everybody
   */
  public Tunnel tcp(
      String name, @Nullable Integer remotePort, ServiceTarget service, @Nullable Access access) {
    return tunnel(name, Protocol.TCP, null, remotePort, service, null, access, null);
  }

  private Tunnel tunnel(
      String name,
      Protocol protocol,
      @Nullable String hostname,
      @Nullable Integer remotePort,
      @Nullable ServiceTarget service,
      @Nullable List<PathTarget> paths,
      @Nullable Access access,
      @Nullable Tls tls) {
    var tunnel = new Tunnel();
    tunnel.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(owner.getMetadata().getNamespace())
            .withName(name)
            .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
            .withOwnerReferences(Owner.controller(owner))
            .build());
    tunnel.setSpec(
        new TunnelSpec(
            server(), protocol, null, hostname, remotePort, service, paths, null, access, tls));
    return tunnel;
  }

  private @Nullable String server() {
    Map<String, String> annotations = owner.getMetadata().getAnnotations();
    return Objects.requireNonNullElse(annotations, Map.<String, String>of()).get(Labels.SERVER);
  }
}
