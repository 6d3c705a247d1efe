package io.pgrok.pgrokd.listener;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.reload.Reloaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of TLS 1.2 and 1.3, from PEM files that are read again when they change;
 * connections keep what they began with.
 */
public final class ServerTls {

  private final Reloaded<SslContext> context;

  private ServerTls(Reloaded<SslContext> context) {
    this.context = context;
  }

  /**
   * @param certificate chain, the server's own certificate first
   * @param key private key of that, unencrypted
   * @param clientCa authorities of which clients must have a certificate; null to ask for none
   * @throws StartupException naming the file that cannot be used
   */
  public static ServerTls of(Path certificate, Path key, @Nullable Path clientCa)
      throws StartupException {
    List<Path> files = new ArrayList<>(List.of(certificate, key));
    if (clientCa != null) {
      files.add(clientCa);
    }
    try {
      return new ServerTls(
          Reloaded.of("certificate", files, () -> build(certificate, key, clientCa)));
    } catch (IOException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    }
  }

  private static SslContext build(Path certificate, Path key, @Nullable Path clientCa)
      throws IOException {
    requireReadable(certificate);
    requireReadable(key);
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(certificate.toFile(), key.toFile())
              .sslProvider(Transport.sslProvider())
              .protocols("TLSv1.3", "TLSv1.2");
      if (clientCa != null) {
        requireReadable(clientCa);
        builder.trustManager(clientCa.toFile()).clientAuth(ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          "%s and %s: no certificate chain and private key in PEM that fit together (%s)"
              .formatted(certificate, key, rootMessage(e)));
    }
  }

  private static void requireReadable(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(file + ": there is no such file");
    }
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": this user may not read it");
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  SslHandler newHandler(ByteBufAllocator allocator) {
    return context.get().newHandler(allocator);
  }

  /** Reads the files again when they changed. */
  public void check() {
    context.check();
  }
}
