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
 * A Service of the Tunnel's own namespace.
 *
 * @param name of the Service
 * @param port its number, 1 to 65535, or its name; null when the Service has only one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceTarget(
    @JsonPropertyDescription("Name of a Service in the Tunnel's namespace.")
        @Required
        @Size(max = 63)
        @ValidationRule(
            value = Pgrok.IS_LABEL,
            message =
                "service.name must be the name of a Service in the Tunnel's own namespace, such as"
                    + " web: no dots, no scheme, no port")
        String name,
    @JsonPropertyDescription(
            "The Service's port, by number or by name. Needed when the Service has several.")
        @ValidationRule(
            value =
                "type(self) == int ? self >= 1 && self <= 65535 : size(self) <= 63 &&"
                    + " self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$') && self.matches('[a-z]')",
            message =
                "service.port must be a number from 1 to 65535, written without quotes, or the name"
                    + " of one of the Service's ports")
        @Nullable IntOrString port) {}
