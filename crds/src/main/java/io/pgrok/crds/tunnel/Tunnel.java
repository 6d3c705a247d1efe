package io.pgrok.crds.tunnel;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.crd.generator.annotation.PrinterColumnFormat;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import io.pgrok.crds.Pgrok;
import org.jspecify.annotations.Nullable;

/** Exposes a Service, or the pods of a workload, under a public URL. */
@Plural("tunnels")
@Group(Pgrok.GROUP)
@Version(Pgrok.VERSION)
@ShortNames("tun")
@Categories(Pgrok.CATEGORY)
@AdditionalPrinterColumn(name = "URL", jsonPath = ".status.url", type = Type.STRING)
@AdditionalPrinterColumn(name = "Ready", jsonPath = Pgrok.READY_STATUS, type = Type.STRING)
@AdditionalPrinterColumn(name = "Reason", jsonPath = Pgrok.READY_REASON, type = Type.STRING)
@AdditionalPrinterColumn(
    name = "Expires",
    jsonPath = ".status.expiresAt",
    type = Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Message",
    jsonPath = Pgrok.READY_MESSAGE,
    type = Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = Type.DATE,
    format = PrinterColumnFormat.NONE)
public class Tunnel extends CustomResource<TunnelSpec, TunnelStatus> implements Namespaced {

  private static final long serialVersionUID = 1L;

  @Override
  protected @Nullable TunnelSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable TunnelStatus initStatus() {
    return null;
  }
}
