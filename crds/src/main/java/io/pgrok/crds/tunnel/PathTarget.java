package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * A Service that the requests to a path go to.
 *
 * @param path begins with a slash; compared as visitors send it, case counts
 * @param pathType how it matches; {@code Prefix} when left out
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PathTarget(
    @JsonPropertyDescription("What the path of a request is compared with, as visitors send it.")
        @Required
        @Size(min = 1, max = 512)
        @ValidationRule(
            value = "self.matches(r'^/[^\\s?#[:cntrl:]]*$')",
            message = "path must begin with / and hold no blank, ? or #, such as /api")
        String path,
    @JsonPropertyDescription(
            "Exact for that path alone; Prefix for it and what is below, element by element: /a"
                + " matches /a/b and not /ab.")
        @Default("Prefix")
        PathType pathType,
    @JsonPropertyDescription("The Service that gets the requests.") @Required PathService service) {

  public PathTarget {
    pathType = pathType == null ? PathType.PREFIX : pathType;
  }
}
