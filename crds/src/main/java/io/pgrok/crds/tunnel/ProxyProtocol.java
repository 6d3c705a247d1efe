package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Version of the PROXY protocol. */
public enum ProxyProtocol {
  /** A line of text. */
  @JsonProperty("v1")
  V1,
  /** Binary. */
  @JsonProperty("v2")
  V2
}
