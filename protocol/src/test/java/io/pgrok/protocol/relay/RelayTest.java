package io.pgrok.protocol.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A relay between two real sockets: {@code visitor ⇄ relay ⇄ service}. */
@Timeout(30)
class RelayTest {

  private static final X509Bundle CERTIFICATE;
  private static final SslContext TLS;

  static {
    try {
      CERTIFICATE =
          new CertificateBuilder()
              .algorithm(CertificateBuilder.Algorithm.ecp256)
              .subject("cn=localhost")
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
      TLS =
          SslContextBuilder.forServer(
                  CERTIFICATE.getKeyPair().getPrivate(), CERTIFICATE.getCertificatePath())
              .build();
    } catch (Exception e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private ServerSocket service;
  private final CompletableFuture<Void> relayEnded = new CompletableFuture<>();

  @BeforeEach
  void listen() throws IOException {
    service = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    service.close();
    loops.shutdownGracefully();
  }

  @Test
  void carriesBytesBothWays() throws Exception {
    try (Socket visitor = dial(relay(null));
        Socket accepted = service.accept()) {
      visitor.getOutputStream().write("hello".getBytes(US_ASCII));
      assertThat(accepted.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
      accepted.getOutputStream().write("world".getBytes(US_ASCII));
      assertThat(visitor.getInputStream().readNBytes(5)).asString().isEqualTo("world");
    }
    await().untilAsserted(() -> assertThat(relayEnded).isDone());
  }

  @Test
  void endOfOneDirectionLeavesTheOtherOpen() throws Exception {
    try (Socket visitor = dial(relay(null));
        Socket accepted = service.accept()) {
      visitor.getOutputStream().write("question".getBytes(US_ASCII));
      visitor.shutdownOutput();
      assertThat(accepted.getInputStream().readAllBytes()).asString().isEqualTo("question");
      accepted.getOutputStream().write("answer".getBytes(US_ASCII));
      accepted.shutdownOutput();
      assertThat(visitor.getInputStream().readAllBytes()).asString().isEqualTo("answer");
    }
    await().untilAsserted(() -> assertThat(relayEnded).isDone());
  }

  @Test
  void endOfThePlainSideClosesTlsInOrder() throws Exception {
    try (SSLSocket visitor = dialTls(relay(TLS));
        Socket accepted = service.accept()) {
      accepted.getOutputStream().write("answer".getBytes(US_ASCII));
      accepted.close();
      assertThat(visitor.getInputStream().readAllBytes()).asString().isEqualTo("answer");
    }
    await().untilAsserted(() -> assertThat(relayEnded).isDone());
  }

  @Test
  void closeNotifyEndsTheOutputOfThePlainSide() throws Exception {
    try (SSLSocket visitor = dialTls(relay(TLS));
        Socket accepted = service.accept()) {
      visitor.getOutputStream().write("question".getBytes(US_ASCII));
      visitor.close();
      assertThat(accepted.getInputStream().readAllBytes()).asString().isEqualTo("question");
    }
    await().untilAsserted(() -> assertThat(relayEnded).isDone());
  }

  @Test
  void aResetNeverLooksLikeAnOrderlyEndOfTls() throws Exception {
    try (SSLSocket visitor = dialTls(relay(TLS));
        Socket accepted = service.accept()) {
      accepted.getOutputStream().write("half an ans".getBytes(US_ASCII));
      assertThat(visitor.getInputStream().readNBytes(11)).hasSize(11);
      accepted.setSoLinger(true, 0);
      accepted.close();
      assertThatIOException().isThrownBy(() -> visitor.getInputStream().read());
    }
    await().untilAsserted(() -> assertThat(relayEnded).isDone());
  }

  @Test
  void aResetIsPassedOnAsAReset() throws Exception {
    try (Socket visitor = dial(relay(null))) {
      Socket accepted = service.accept();
      accepted.getOutputStream().write("half an ans".getBytes(US_ASCII));
      assertThat(visitor.getInputStream().readNBytes(11)).hasSize(11);
      accepted.setSoLinger(true, 0);
      accepted.close();
      assertThatIOException().isThrownBy(() -> visitor.getInputStream().read());
    }
    await().untilAsserted(() -> assertThat(relayEnded).isDone());
  }

  @Test
  void aReaderThatStopsReadingStopsTheSender() throws Exception {
    try (Socket visitor = dial(relay(null));
        Socket accepted = service.accept()) {
      AtomicLong sent = new AtomicLong();
      byte[] block = new byte[64 * 1024];
      int total = 64 * 1024 * 1024;
      Thread sender =
          Thread.startVirtualThread(() -> {
            try {
              while (sent.get() < total) {
                accepted.getOutputStream().write(block);
                sent.addAndGet(block.length);
              }
              accepted.shutdownOutput();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      // It gets stuck when the buffers of kernel and relay are full…
      AtomicLong before = new AtomicLong(-1);
      await()
          .pollInterval(java.time.Duration.ofMillis(300))
          .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
      assertThat(sent.get()).isLessThan(total / 2);
      // … and goes on when somebody reads.
      byte[] sink = new byte[64 * 1024];
      long received = 0;
      for (int n; (n = visitor.getInputStream().read(sink)) >= 0; ) {
        received += n;
      }
      assertThat(received).isEqualTo(total);
      sender.join();
    }
  }

  /** Starts a relay in front of the service. */
  private InetSocketAddress relay(SslContext tls) throws InterruptedException {
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, tls == null)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel visitor) {
                    if (tls != null) {
                      visitor.pipeline().addLast(tls.newHandler(visitor.alloc()));
                      visitor
                          .pipeline()
                          .get(SslHandler.class)
                          .handshakeFuture()
                          .addListener(done -> joinService(visitor));
                      visitor.read();
                    } else {
                      joinService(visitor);
                    }
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return (InetSocketAddress) listener.localAddress();
  }

  private void joinService(Channel visitor) {
    new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .handler(new NoHandler())
        .connect(service.getLocalSocketAddress())
        .addListener((io.netty.channel.ChannelFuture connected) ->
            Relay.join(visitor, connected.channel())
                .addListener(ended -> relayEnded.complete(null)));
  }

  @ChannelHandler.Sharable
  private static final class NoHandler extends io.netty.channel.ChannelInboundHandlerAdapter {}

  private static Socket dial(InetSocketAddress to) throws IOException {
    return new Socket(to.getAddress(), to.getPort());
  }

  private static SSLSocket dialTls(InetSocketAddress to) throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, CERTIFICATE.toTrustManagerFactory().getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort());
    socket.startHandshake();
    return socket;
  }
}
