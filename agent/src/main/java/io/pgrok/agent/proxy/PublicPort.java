package io.pgrok.agent.proxy;

import java.net.URI;

/** Where visitors of a public URL come in. Pure. */
final class PublicPort {

  private PublicPort() {}

  /** The URL's port, or its scheme's; 0 when neither is known. */
  static int of(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getPort() > 0) {
        return uri.getPort();
      }
      return switch (String.valueOf(uri.getScheme())) {
        case "http" -> 80;
        case "https", "tls" -> 443;
        default -> 0;
      };
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }
}
