package io.pgrok.agent.gateway;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.pgrok.agent.config.Trust;
import io.pgrok.agent.config.Upstream;
import io.pgrok.agent.net.ServerTls;
import io.pgrok.agent.net.TrustAnchors;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * TLS contexts for private services, made when one is first needed and again after a minute, since
 * an authority's file may have been replaced. Thread-safe.
 */
final class ServiceTls {

  private static final long MAX_AGE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** More different authorities than a configuration has: nothing is kept then. */
  private static final int MAX_KEPT = 256;

  private final Map<Key, Made> contexts = new ConcurrentHashMap<>();

  private record Key(Trust trust, boolean anyCertificate) {}

  private record Made(SslContext context, long at) {}

  /**
   * @throws IOException naming the file that cannot be used
   */
  SslContext context(Upstream upstream) throws IOException {
    Key key = new Key(upstream.trust(), upstream.anyCertificate());
    Made known = contexts.get(key);
    if (known != null && System.nanoTime() - known.at() < MAX_AGE_NANOS) {
      return known.context();
    }
    SslContext made = make(key);
    if (contexts.size() >= MAX_KEPT) {
      contexts.clear();
    }
    contexts.put(key, new Made(made, System.nanoTime()));
    return made;
  }

  private static SslContext make(Key key) throws IOException {
    try {
      SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(ServerTls.PROVIDER);
      return key.anyCertificate()
          ? builder
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .endpointIdentificationAlgorithm(null)
              .build()
          : builder
              .trustManager(TrustAnchors.of(key.trust(), "upstream.ca"))
              .endpointIdentificationAlgorithm("HTTPS")
              .build();
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }
}
