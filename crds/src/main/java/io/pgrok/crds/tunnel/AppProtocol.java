package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the private service speaks. */
public enum AppProtocol {
  /** HTTP/1.1 in the clear. */
  @JsonProperty("http")
  HTTP,
  /** HTTP over TLS. */
  @JsonProperty("https")
  HTTPS,
  /** HTTP/2 in the clear, as gRPC servers do. */
  @JsonProperty("h2c")
  H2C
}
