package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.pgrokd.certificate.DevelopmentCertificate;
import io.pgrok.pgrokd.config.ServerConfig.Certificate;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of both sides, and sessions that are resumed. */
@ExtendWith(Leaks.class)
class TlsPortsTest {

  @TempDir Path dir;
  private DevelopmentCertificate first;
  private DevelopmentCertificate second;

  @BeforeEach
  void issue() throws Exception {
    first = DevelopmentCertificate.ensure(dir.resolve("1"), "one.example.com", Clock.systemUTC());
    second = DevelopmentCertificate.ensure(dir.resolve("2"), "two.example.com", Clock.systemUTC());
  }

  private TestServer withBoth() throws Exception {
    return TestServer.start(config ->
        Copy.of(
            config,
            "certificates",
            List.of(
                new Certificate(first.certificate(), first.key()),
                new Certificate(second.certificate(), second.key()))));
  }

  private static SSLContext client(KeyManager... keys) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, new TrustManager[] {new Anything()}, null);
    return context;
  }

  private static SSLSocket connect(SSLContext context, int port, String host) throws Exception {
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), port);
    raw.setSoTimeout(20_000);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(raw, host, port, true);
    if (host.contains(".")) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      socket.setSSLParameters(parameters);
    }
    return socket;
  }

  @ParameterizedTest
  @CsvSource({
    "one.example.com, one.example.com",
    "two.example.com, two.example.com",
    "app.two.example.com, two.example.com",
    "a.b.two.example.com, one.example.com",
    "elsewhere.example.org, one.example.com",
    "nameless, one.example.com",
  })
  void theNameThatIsAskedForChoosesTheCertificateOnBothPorts(String asked, String shown)
      throws Exception {
    try (TestServer server = withBoth()) {
      for (int port : new int[] {server.httpsPort(), server.tunnelPort()}) {
        try (SSLSocket socket = connect(client(), port, asked)) {
          socket.startHandshake();
          X509Certificate certificate =
              (X509Certificate) socket.getSession().getPeerCertificates()[0];
          assertThat(certificate.getSubjectAlternativeNames().toString()).contains(shown);
        }
      }
    }
  }

  private KeyManager[] identity(DevelopmentCertificate made) throws Exception {
    var own =
        io.pgrok.pgrokd.certificate.Pem.read(
            Files.readString(made.certificate()), Files.readString(made.key()));
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry(
        "own", own.key(), new char[0], new java.security.cert.Certificate[] {own.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    return keys.getKeyManagers();
  }

  @ParameterizedTest
  @ValueSource(strings = {"clientCa", "tunnelClientCa"})
  void aPortThatWantsClientCertificatesTakesThoseOfItsAuthorityOnly(String option)
      throws Exception {
    try (TestServer server =
        TestServer.start(config -> Copy.of(config, option, first.authority()))) {
      boolean web = option.equals("clientCa");
      int port = web ? server.httpsPort() : server.tunnelPort();
      int other = web ? server.tunnelPort() : server.httpsPort();
      // A certificate for servers is none for clients: only its authority is what counts here.
      assertThatThrownBy(() -> speak(client(), port)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> speak(client(identity(second)), port))
          .isInstanceOf(IOException.class);
      try (SSLSocket socket = connect(client(), other, "web.pgrok.test")) {
        socket.startHandshake();
      }
    }
  }

  private static void speak(SSLContext context, int port) throws Exception {
    try (SSLSocket socket = connect(context, port, "web.pgrok.test")) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: web.pgrok.test\r\n\r\n".getBytes());
      if (HttpService.readHead(socket.getInputStream()).isEmpty()) {
        throw new IOException("closed");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aVisitorThatComesBackResumesItsSession(String version) throws Exception {
    try (TestServer server = TestServer.open()) {
      SSLContext context = client();
      long first = sessionCreated(context, server.httpsPort(), version);
      long again = sessionCreated(context, server.httpsPort(), version);
      assertThat(again).as("of the same handshake").isEqualTo(first);
    }
  }

  private static long sessionCreated(SSLContext context, int port, String version)
      throws Exception {
    try (SSLSocket socket = connect(context, port, "web.pgrok.test")) {
      socket.setEnabledProtocols(new String[] {version});
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: web.pgrok.test\r\n\r\n".getBytes());
      // In TLS 1.3 the ticket comes with the first bytes after the handshake.
      assertThat(HttpService.readHead(socket.getInputStream())).contains(" 404 ");
      return socket.getSession().getCreationTime();
    }
  }

  @Test
  void aHandshakeThatDoesNotComeIsNotWaitedFor() throws Exception {
    try (TestServer server = TestServer.open("requestHead", 300, "firstMessage", 300);
        Socket mute = new Socket(InetAddress.getLoopbackAddress(), server.httpsPort());
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.tunnelPort())) {
      for (Socket socket : List.of(mute, silent)) {
        socket.setSoTimeout(20_000);
        assertThat(untilItEnds(socket)).hasSizeLessThan(20);
      }
    }
  }

  /** What comes after the beginning of a handshake, until the server closes or resets. */
  private static byte[] untilItEnds(Socket socket) throws IOException {
    try {
      socket.getOutputStream().write(new byte[] {0x16, 3, 1});
      return socket.getInputStream().readAllBytes();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (SocketException e) {
      return new byte[0]; // closed before we had begun
    }
  }

  private static final class Anything implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
