package io.pgrok.crds.tunnelagent;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import io.pgrok.crds.Pgrok;
import org.jspecify.annotations.Nullable;

/**
 * Agents of a namespace's own: Tunnels with {@code spec.agent} are carried by them instead of the
 * shared agent.
 */
@Plural("tunnelagents")
@Group(Pgrok.GROUP)
@Version(Pgrok.VERSION)
@ShortNames("tunagent")
@Categories(Pgrok.CATEGORY)
@AdditionalPrinterColumn(name = "Replicas", jsonPath = ".status.replicas", type = Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Available",
    jsonPath = ".status.availableReplicas",
    type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Ready", jsonPath = Pgrok.READY_STATUS, type = Type.STRING)
@AdditionalPrinterColumn(name = "Reason", jsonPath = Pgrok.READY_REASON, type = Type.STRING)
@AdditionalPrinterColumn(
    name = "Message",
    jsonPath = Pgrok.READY_MESSAGE,
    type = Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class TunnelAgent extends CustomResource<TunnelAgentSpec, TunnelAgentStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  @Override
  protected @Nullable TunnelAgentSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable TunnelAgentStatus initStatus() {
    return null;
  }
}
