package io.pgrok.agent.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.Link;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLException;

/**
 * TLS to one server: BoringSSL where it loads, the JDK's elsewhere. The certificate is verified
 * against the link's authorities and the server's name. Thread-safe.
 */
public final class ServerTls {

  /** The one of every TLS context here. */
  public static final SslProvider PROVIDER =
      OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  private final SslContext context;
  private final HostPort server;

  private ServerTls(SslContext context, HostPort server) {
    this.context = context;
    this.server = server;
  }

  /** For the log. */
  public static String providerName() {
    return PROVIDER == SslProvider.JDK ? "jdk" : OpenSsl.versionString();
  }

  /**
   * Reads what the link names: authorities, client certificate.
   *
   * @throws IOException naming the file that cannot be used, and how to name another
   */
  public static ServerTls of(Link link) throws IOException {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(PROVIDER)
              .endpointIdentificationAlgorithm("HTTPS")
              // A client's key passes a store in memory; the default kind derives keys from a
              // password for that.
              .keyStoreType("JKS")
              .trustManager(TrustAnchors.of(link.trust(), "-serverca, server_ca"));
      if (link.identity() != null) {
        File certificate = link.identity().certificate().toFile();
        File key = link.identity().key().toFile();
        try {
          builder.keyManager(certificate, key);
        } catch (IllegalArgumentException e) {
          throw new IOException(
              "the client certificate %s and its key %s (-tlsClientCrt, -tlsClientKey) cannot be used: %s"
                  .formatted(certificate, key, rootMessage(e)),
              e);
        }
      }
      return new ServerTls(builder.build(), link.server());
    } catch (GeneralSecurityException | SSLException e) {
      throw new IOException("TLS cannot be set up: " + rootMessage(e), e);
    }
  }

  /** A handler for one connection. */
  public SslHandler newHandler(ByteBufAllocator allocator) {
    SslHandler handler = context.newHandler(allocator, server.host(), server.port());
    handler.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT.toMillis());
    return handler;
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
