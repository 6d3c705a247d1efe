package io.pgrok.agent.control;

import java.net.URI;

/** Reads the parts of a public URL that the server chose. Pure. */
final class PublicUrl {

  private PublicUrl() {}

  /** {@code abc} of {@code http://abc.example.com:8080}; empty when there is none. */
  static String firstLabel(String url) {
    String afterScheme = url.substring(url.indexOf("://") + 3);
    int dot = afterScheme.indexOf('.');
    return dot < 0 ? "" : afterScheme.substring(0, dot);
  }

  /** {@code 4001} of {@code tcp://example.com:4001}; 0 when there is none. */
  static int port(String url) {
    try {
      return Math.max(0, URI.create(url).getPort());
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }
}
