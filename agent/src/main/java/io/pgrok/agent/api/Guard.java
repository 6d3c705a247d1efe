package io.pgrok.agent.api;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may come in. A page of another site can make a visitor's browser send requests
 * here, and can make its own name lead here (DNS rebinding); it can choose neither Host nor Origin.
 * Who is no browser is on this machine, or behind the public inspector's password.
 *
 * @param names other host names that are ours
 */
record Guard(Supplier<Set<String>> names) {

  /**
   * @return null when it may, otherwise why not
   */
  @Nullable String refusal(HttpMethod method, HttpHeaders headers) {
    String host = headers.get(HttpHeaderNames.HOST, "");
    if (!isOurs(host)) {
      return "the Host header names another site; use http://localhost or an IP address\n";
    }
    String site = headers.get("Sec-Fetch-Site", "none");
    if (!site.equals("none") && !site.equals("same-origin")) {
      return "another site's page may not ask here\n";
    }
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (origin != null && !isSame(origin, host)) {
      return "another site's page may not ask here\n";
    }
    boolean posts = method.equals(HttpMethod.POST);
    if (posts && !isJson(headers.get(HttpHeaderNames.CONTENT_TYPE, ""))) {
      // A form of another site could not send this type.
      return "Content-Type must be application/json\n";
    }
    return null;
  }

  private boolean isOurs(String host) {
    String name = nameOf(host);
    return name.equals("localhost")
        || NetUtil.isValidIpV4Address(name)
        || (name.startsWith("[") && NetUtil.isValidIpV6Address(name))
        || names.get().contains(name);
  }

  private static String nameOf(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    int colon = lower.lastIndexOf(':');
    return colon > lower.lastIndexOf(']') ? lower.substring(0, colon) : lower;
  }

  private static boolean isSame(String origin, String host) {
    return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
  }

  private static boolean isJson(String type) {
    return type.toLowerCase(Locale.ROOT).startsWith("application/json");
  }
}
