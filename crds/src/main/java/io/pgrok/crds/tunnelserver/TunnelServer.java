package io.pgrok.crds.tunnelserver;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import io.pgrok.crds.Pgrok;
import org.jspecify.annotations.Nullable;

/** A pgrokd that the cluster's Tunnels can be published on. Cluster-scoped. */
@Plural("tunnelservers")
@Group(Pgrok.GROUP)
@Version(Pgrok.VERSION)
@ShortNames("tunsrv")
@Categories(Pgrok.CATEGORY)
@AdditionalPrinterColumn(name = "Domain", jsonPath = ".spec.domain", type = Type.STRING)
@AdditionalPrinterColumn(name = "Address", jsonPath = ".spec.address", type = Type.STRING)
@AdditionalPrinterColumn(name = "Default", jsonPath = ".spec.default", type = Type.BOOLEAN)
@AdditionalPrinterColumn(name = "Ready", jsonPath = Pgrok.READY_STATUS, type = Type.STRING)
@AdditionalPrinterColumn(name = "Reason", jsonPath = Pgrok.READY_REASON, type = Type.STRING)
@AdditionalPrinterColumn(
    name = "Message",
    jsonPath = Pgrok.READY_MESSAGE,
    type = Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class TunnelServer extends CustomResource<TunnelServerSpec, TunnelServerStatus> {

  private static final long serialVersionUID = 1L;

  @Override
  protected @Nullable TunnelServerSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable TunnelServerStatus initStatus() {
    return null;
  }
}
