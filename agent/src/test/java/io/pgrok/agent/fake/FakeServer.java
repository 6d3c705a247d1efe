package io.pgrok.agent.fake;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.Link;
import io.pgrok.agent.config.Trust;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.Auth;
import io.pgrok.protocol.message.Message.RegLink;
import io.pgrok.protocol.message.Message.RegProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.opentest4j.AssertionFailedError;

/**
 * Listens with TLS and sorts what connects into control connections, proxy connections and links.
 */
public final class FakeServer implements AutoCloseable {

  private static final X509Bundle CERTIFICATE = certificate();

  private final SSLServerSocket listener;
  private final BlockingQueue<FakeControl> controls = new LinkedBlockingQueue<>();
  private final BlockingQueue<FakeProxy> proxies = new LinkedBlockingQueue<>();
  private final BlockingQueue<FakeLink> links = new LinkedBlockingQueue<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  public FakeServer() throws Exception {
    this(0);
  }

  /**
   * @param port 0 for any
   */
  public FakeServer(int port) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(CERTIFICATE.toKeyManagerFactory().getKeyManagers(), null, null);
    listener = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Thread.ofVirtual().start(this::accept);
  }

  /** As pgrokd makes it: of a curve, and issued by an authority with RSA. */
  private static X509Bundle certificate() {
    try {
      X509Bundle authority =
          new CertificateBuilder()
              .algorithm(CertificateBuilder.Algorithm.rsa2048)
              .subject("cn=fake authority")
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
      return new CertificateBuilder()
          .algorithm(CertificateBuilder.Algorithm.ecp256)
          .subject("cn=fake server")
          .addSanDnsName("localhost")
          .buildIssuedBy(authority);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** PEM of the authority of the server's certificate. */
  public static String authority() {
    return CERTIFICATE.getRootCertificatePEM();
  }

  /** How an agent that trusts this server reaches it. */
  public Link link() {
    return new Link(new HostPort("localhost", port()), "s3cret", new Trust.PemText(authority()));
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket socket = (SSLSocket) listener.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> sort(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void sort(SSLSocket socket) {
    try {
      Message first = Wire.read(socket.getInputStream());
      switch (first) {
        case Auth auth -> controls.add(new FakeControl(socket, auth));
        case RegProxy proxy -> proxies.add(new FakeProxy(socket, proxy));
        case RegLink link -> links.add(new FakeLink(socket, link));
        default -> socket.close();
      }
    } catch (IOException e) {
      // The agent went away, or did not trust us.
    }
  }

  /** The next control connection; its Auth waits for an answer. */
  public FakeControl control() throws InterruptedException {
    return next(controls, "control connection");
  }

  /** The next proxy connection. */
  public FakeProxy proxy() throws InterruptedException {
    return next(proxies, "proxy connection");
  }

  /** The next link. */
  public FakeLink dialledLink() throws InterruptedException {
    return next(links, "link");
  }

  /** Whether there is a link that {@link #dialledLink} has not given out. */
  public boolean hasLinks() {
    return !links.isEmpty();
  }

  static <T> T next(BlockingQueue<T> queue, String what) throws InterruptedException {
    T next = queue.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionFailedError("no " + what + " came within 30 s");
    }
    return next;
  }

  /** Stops listening and drops every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
