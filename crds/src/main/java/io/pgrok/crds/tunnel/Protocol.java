package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What visitors of a tunnel speak. */
public enum Protocol {
  @JsonProperty("http")
  HTTP,
  @JsonProperty("https")
  HTTPS,
  @JsonProperty("tcp")
  TCP,
  @JsonProperty("tls")
  TLS
}
