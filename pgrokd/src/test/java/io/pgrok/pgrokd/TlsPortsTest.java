package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgrok.pgrokd.certificate.DevelopmentCertificate;
import io.pgrok.pgrokd.config.ServerConfig.Certificate;
import io.pgrok.pgrokd.testing.AnyCertificate;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Wire;
import io.pgrok.protocol.message.MessageJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
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
        try (SSLSocket socket = connect(AnyCertificate.trusting(), port, asked)) {
          socket.startHandshake();
          X509Certificate certificate =
              (X509Certificate) socket.getSession().getPeerCertificates()[0];
          assertThat(certificate.getSubjectAlternativeNames().toString()).contains(shown);
        }
      }
    }
  }

  /** A certificate for clients, and who issued it. */
  private static X509Bundle client(X509Bundle authority) throws Exception {
    return new CertificateBuilder()
        .algorithm(CertificateBuilder.Algorithm.ecp256)
        .subject("cn=client")
        .addExtendedKeyUsageClientAuth()
        .buildIssuedBy(authority);
  }

  private static X509Bundle authority() throws Exception {
    return new CertificateBuilder()
        .algorithm(CertificateBuilder.Algorithm.ecp256)
        .subject("cn=authority of clients")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static SSLContext showing(X509Bundle certificate) throws Exception {
    return AnyCertificate.trusting(certificate.toKeyManagerFactory().getKeyManagers());
  }

  @ParameterizedTest
  @ValueSource(strings = {"clientCa", "tunnelClientCa"})
  void aPortThatWantsClientCertificatesTakesThoseOfItsAuthorityOnly(String option)
      throws Exception {
    X509Bundle authority = authority();
    Path trusted = Files.writeString(dir.resolve("clients.crt"), authority.getCertificatePEM());
    try (TestServer server = TestServer.start(config -> Copy.of(config, option, trusted))) {
      boolean web = option.equals("clientCa");
      int port = web ? server.httpsPort() : server.tunnelPort();
      int other = web ? server.tunnelPort() : server.httpsPort();
      assertThat(serves(showing(client(authority)), port, web)).isTrue();
      assertThat(serves(showing(client(authority())), port, web)).as("another's").isFalse();
      assertThat(serves(AnyCertificate.trusting(), port, web)).as("none").isFalse();
      assertThat(serves(AnyCertificate.trusting(), other, !web)).as("the other port").isTrue();
    }
  }

  /** Whether a client gets an answer of HTTP, or of the agents' protocol. */
  private static boolean serves(SSLContext client, int port, boolean web) throws Exception {
    try (SSLSocket socket = connect(client, port, "web.pgrok.test")) {
      if (web) {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: web.pgrok.test\r\n\r\n".getBytes());
        return HttpService.readHead(socket.getInputStream()).contains(" 404 ");
      }
      byte[] auth = MessageJson.write(TestAgent.auth("", ""));
      socket.getOutputStream().write(Wire.frame(auth.length, auth));
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return false; // in TLS 1.3 the client hears of it after its own handshake
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aVisitorThatComesBackResumesItsSession(String version) throws Exception {
    try (TestServer server = TestServer.open()) {
      SSLContext context = AnyCertificate.trusting();
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
}
