package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.pgrok.crds.Pgrok;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ServiceTarget} in a list, where the API server allows no rule for the port: it takes a
 * text for as long as a request can be, and counts that for each item. A port that cannot be is
 * refused as one that the Service does not have.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PathService(
    @JsonPropertyDescription("Name of a Service in the Tunnel's namespace.")
        @Required
        @Size(min = 1, max = 63)
        @ValidationRule(
            value = Pgrok.IS_LABEL,
            message =
                "service.name must be the name of a Service in the Tunnel's own namespace, such as"
                    + " web: no dots, no scheme, no port")
        String name,
    @JsonPropertyDescription(
            "The Service's port, by number or by name. Needed when the Service has several.")
        @Nullable IntOrString port) {

  public static PathService of(ServiceTarget target) {
    return new PathService(target.name(), target.port());
  }

  public ServiceTarget target() {
    return new ServiceTarget(name, port);
  }
}
