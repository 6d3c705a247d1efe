package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a path matches; the names are those of Ingress. */
public enum PathType {
  /** That path alone. */
  @JsonProperty("Exact")
  EXACT,
  /** It and what is below, element by element. */
  @JsonProperty("Prefix")
  PREFIX
}
