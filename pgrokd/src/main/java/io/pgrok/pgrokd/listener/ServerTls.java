package io.pgrok.pgrokd.listener;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.pgrok.pgrokd.certificate.Pem;
import io.pgrok.pgrokd.config.ServerConfig.Certificate;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.reload.Reloaded;
import io.pgrok.protocol.certificate.ServerCertificate;
import io.pgrok.protocol.certificate.ServerNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of TLS 1.2 and 1.3, from PEM files that are read again when they change;
 * connections keep what they began with. Which of several certificates a visitor is shown says the
 * name that it asks for.
 */
public final class ServerTls {

  /** What is spoken below TLS. */
  public enum Speaks {
    /** The wire protocol of agents: nothing that ALPN knows. */
    WIRE,
    /** HTTP/2 where the visitor can, HTTP/1 otherwise. */
    HTTP
  }

  /**
   * One certificate.
   *
   * @param names what it stands for
   */
  record Identity(SslContext context, ServerNames names) {}

  /** What holds for each connection, whatever certificate is shown. */
  private record Terms(@Nullable Path clientCa, Speaks speaks) {

    SslContext context(SslContextBuilder builder) throws IOException {
      builder
          .sslProvider(Transport.sslProvider())
          .protocols("TLSv1.3", "TLSv1.2")
          // Netty puts the key into a store in memory and takes it out again. The default kind
          // derives a
          // key from a password for that, twice, which was a quarter of a start's work.
          .keyStoreType("JKS");
      if (speaks == Speaks.HTTP) {
        builder
            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1));
      }
      if (clientCa != null) {
        requireReadable(clientCa);
        builder.trustManager(clientCa.toFile()).clientAuth(ClientAuth.REQUIRE);
      } else {
        // Nobody is asked for a certificate. Without this the system's authorities are read.
        builder.trustManager(NO_AUTHORITIES);
      }
      return builder.build();
    }
  }

  private static final X509Certificate[] NO_AUTHORITIES = {};

  private final Reloaded<List<Identity>> identities;
  private final SessionTickets tickets = new SessionTickets();
  private final Terms terms;

  /** Of tunnels' certificates; forgotten with them. */
  private final Map<ServerCertificate, Identity> brought = new WeakHashMap<>();

  private ServerTls(Reloaded<List<Identity>> identities, Terms terms) {
    this.identities = identities;
    this.terms = terms;
    identities.onChange(tickets::give);
    identities.onChange(_ -> forgetBrought()); // for the authorities of clients
    tickets.give(identities.get());
  }

  /**
   * @param certificates one or more; the first is shown to whoever asks for a name of none
   * @param clientCa authorities of which clients must have a certificate; null to ask for none
   * @throws StartupException naming the file that cannot be used
   */
  public static ServerTls of(List<Certificate> certificates, @Nullable Path clientCa, Speaks speaks)
      throws StartupException {
    List<Path> files = new ArrayList<>();
    for (Certificate certificate : certificates) {
      files.addAll(List.of(certificate.chain(), certificate.key()));
    }
    if (clientCa != null) {
      files.add(clientCa);
    }
    Terms terms = new Terms(clientCa, speaks);
    try {
      return new ServerTls(
          Reloaded.of("certificate", files, () -> build(certificates, terms)), terms);
    } catch (IOException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    }
  }

  private static List<Identity> build(List<Certificate> certificates, Terms terms)
      throws IOException {
    List<Identity> identities = new ArrayList<>();
    for (Certificate certificate : certificates) {
      identities.add(build(certificate, terms));
    }
    return List.copyOf(identities);
  }

  private static Identity build(Certificate certificate, Terms terms) throws IOException {
    requireReadable(certificate.chain());
    requireReadable(certificate.key());
    try {
      return new Identity(terms.context(forServer(certificate)), names(certificate.chain()));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          "%s and %s: no certificate chain and private key in PEM that fit together (%s)"
              .formatted(certificate.chain(), certificate.key(), rootMessage(e)));
    }
  }

  /** Netty reads other forms of a key with BouncyCastle, which takes a start half a second. */
  private static SslContextBuilder forServer(Certificate certificate) throws IOException {
    Optional<PrivateKey> key = Pem.readPlainKey(Files.readString(certificate.key()));
    return key.isPresent()
        ? SslContextBuilder.forServer(
            key.get(), Pem.readChain(Files.readString(certificate.chain())))
        : SslContextBuilder.forServer(certificate.chain().toFile(), certificate.key().toFile());
  }

  private static ServerNames names(Path chain) throws IOException {
    return ServerNames.of(Pem.readCertificate(Files.readString(chain)));
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

  /**
   * The certificate for a name: one that names it, then one with a wildcard for it, then the first.
   *
   * @param host lower case; null when the client named none
   */
  Identity choose(@Nullable String host) {
    List<Identity> all = identities.get();
    if (host != null && all.size() > 1) {
      for (Identity identity : all) {
        if (identity.names().dns().contains(host)) {
          return identity;
        }
      }
      for (Identity identity : all) {
        if (identity.names().cover(host)) {
          return identity;
        }
      }
    }
    return all.getFirst();
  }

  /**
   * A certificate that a tunnel brings, under the terms of all. The same one gives the same answer
   * for as long as it is used, so that visitors can resume their sessions.
   */
  synchronized Identity of(ServerCertificate certificate) {
    return brought.computeIfAbsent(certificate, this::build);
  }

  private Identity build(ServerCertificate certificate) {
    X509Certificate[] chain = certificate.chain().toArray(X509Certificate[]::new);
    try {
      return new Identity(
          terms.context(SslContextBuilder.forServer(certificate.key(), chain)),
          certificate.names());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void forgetBrought() {
    brought.clear();
  }

  /** Reads the files again when they changed. */
  public void check() {
    identities.check();
    tickets.renew(identities.get());
  }
}
