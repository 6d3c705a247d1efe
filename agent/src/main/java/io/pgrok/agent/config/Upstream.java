package io.pgrok.agent.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a tunnel's private service is spoken to.
 *
 * @param requestHeaders set on each request; an empty value removes
 * @param responseHeaders set on each response; an empty value removes
 * @param proxyProtocol null for none
 * @param trust authorities for an {@code https://} private service
 * @param anyCertificate whether its certificate is not looked at
 */
public record Upstream(
    HostHeader host,
    Map<String, String> requestHeaders,
    Map<String, String> responseHeaders,
    @Nullable ProxyProtocol proxyProtocol,
    Trust trust,
    boolean anyCertificate) {

  /** The plain way. */
  public static final Upstream PLAIN =
      new Upstream(
          new HostHeader.Preserve(), Map.of(), Map.of(), null, new Trust.SystemRoots(), false);

  public Upstream {
    requestHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(requestHeaders));
    responseHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(responseHeaders));
  }

  /** Whether some header is to be changed on the way. */
  public boolean changesHeaders() {
    return !(host instanceof HostHeader.Preserve)
        || !requestHeaders.isEmpty()
        || !responseHeaders.isEmpty();
  }

  /** Leaves the headers' values out, which may be credentials: this ends up in logs. */
  @Override
  public String toString() {
    return "Upstream[host=%s, requestHeaders=%s, responseHeaders=%s, proxyProtocol=%s]"
        .formatted(host, requestHeaders.keySet(), responseHeaders.keySet(), proxyProtocol);
  }

  /** Which Host the private service sees. */
  public sealed interface HostHeader {
    /** The visitor's. */
    record Preserve() implements HostHeader {}

    /** Its own address. */
    record Rewrite() implements HostHeader {}

    /** This one. */
    record Fixed(String value) implements HostHeader {}
  }

  /** Versions of the PROXY protocol: a line of text, or binary. */
  public enum ProxyProtocol {
    V1,
    V2
  }
}
