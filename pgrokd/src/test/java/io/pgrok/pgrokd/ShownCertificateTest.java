package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgrok.pgrokd.testing.AnyCertificate;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.CloseTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.ShownCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels that bring a certificate for their name, which the server shows for them. */
@ExtendWith(Leaks.class)
class ShownCertificateTest {

  private static final String HOST = "shop.example.org";

  @TempDir Path dir;
  private TestServer server;
  private TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    agent =
        TestAgent.connect(server, TestAgent.auth("", "", Extension.CLOSE, Extension.CERTIFICATE));
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
  }

  private static X509Bundle certificate(String name) throws Exception {
    return new CertificateBuilder()
        .algorithm(CertificateBuilder.Algorithm.ecp256)
        .subject("cn=" + name)
        .addSanDnsName(name)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static ReqTunnel https(String hostname, X509Bundle certificate) {
    return web("https", hostname, certificate.getCertificatePEM(), certificate.getPrivateKeyPEM());
  }

  private static ReqTunnel web(String protocol, String hostname, String chain, String key) {
    return new ReqTunnel(
        "t", "1", protocol, hostname, "", "", 0, null, new ShownCertificate(chain, key));
  }

  private SSLSocket visit(SSLContext context, String host) throws Exception {
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.httpsPort());
    raw.setSoTimeout(20_000);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(raw, host, server.httpsPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  private SSLSocket visit(String host) throws Exception {
    return visit(AnyCertificate.trusting(), host);
  }

  private static String get(SSLSocket visitor) throws Exception {
    visitor
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(HOST).getBytes());
    String head = HttpService.readHead(visitor.getInputStream());
    return head.substring(0, head.indexOf("\r\n"));
  }

  @Test
  void visitorsOfItsNameAreShownItAndNobodyElse() throws Exception {
    X509Bundle own = certificate(HOST);
    agent.open(https(HOST, own), HttpService.saying("hello"));

    try (SSLSocket visitor = visit(HOST)) {
      assertThat(get(visitor)).contains(" 200 ");
      assertThat(visitor.getSession().getPeerCertificates()).containsExactly(own.getCertificate());
    }
    try (SSLSocket visitor = visit("other.example.org")) {
      visitor.startHandshake();
      assertThat(visitor.getSession().getPeerCertificates()[0]).isNotEqualTo(own.getCertificate());
    }
  }

  @Test
  void aRenewedOneIsShownFromThenOnAndWhoIsThereStays() throws Exception {
    X509Bundle first = certificate(HOST);
    X509Bundle renewed = certificate(HOST);
    String url = agent.open(https(HOST, first), HttpService.saying("hello"));
    try (SSLSocket before = visit(HOST)) {
      assertThat(get(before)).contains(" 200 ");

      agent.control().send(new CloseTunnel(url, true));
      agent.open(https(HOST, renewed), HttpService.saying("hello"));

      assertThat(get(before)).contains(" 200 ");
      try (SSLSocket after = visit(HOST)) {
        assertThat(get(after)).contains(" 200 ");
        assertThat(after.getSession().getPeerCertificates())
            .containsExactly(renewed.getCertificate());
      }
    }
  }

  @Test
  void whatVisitorsWouldNotTakeRefusesTheTunnel() throws Exception {
    X509Bundle own = certificate(HOST);
    String chain = own.getCertificatePEM();
    String key = own.getPrivateKeyPEM();

    assertThat(agent.ask(https("else.example.org", own)).error())
        .isEqualTo("Certificate: it is not for else.example.org, but for shop.example.org.");
    assertThat(agent.ask(web("https", HOST, chain, "")).error())
        .isEqualTo("Certificate: there is no private key in PEM.");
    assertThat(agent.ask(web("https", HOST, chain, certificate(HOST).getPrivateKeyPEM())).error())
        .isEqualTo("Certificate: the private key is not that of the first certificate.");
    assertThat(agent.ask(web("http", HOST, chain, key)).error())
        .isEqualTo("Certificate works for https only: leave it out.");
    assertThat(agent.ask(web("https", "", chain, key)).error())
        .isEqualTo("Certificate needs a name that it is for: ask for a Hostname.");
    assertThat(agent.ask(https(HOST, own)).error()).as("the session goes on").isEmpty();
  }

  @Test
  void clientsNeedTheSameCertificatesForItAsForTheServersOwn() throws Exception {
    X509Bundle authority =
        new CertificateBuilder()
            .algorithm(CertificateBuilder.Algorithm.ecp256)
            .subject("cn=authority of clients")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    X509Bundle client =
        new CertificateBuilder()
            .algorithm(CertificateBuilder.Algorithm.ecp256)
            .subject("cn=client")
            .addExtendedKeyUsageClientAuth()
            .buildIssuedBy(authority);
    Path trusted = Files.writeString(dir.resolve("clients.crt"), authority.getCertificatePEM());
    stop();
    server = TestServer.start(config -> Copy.of(config, "clientCa", trusted));
    agent =
        TestAgent.connect(server, TestAgent.auth("", "", Extension.CLOSE, Extension.CERTIFICATE));
    agent.open(https(HOST, certificate(HOST)), HttpService.saying("hello"));

    var keys = client.toKeyManagerFactory().getKeyManagers();
    try (SSLSocket visitor = visit(AnyCertificate.trusting(keys), HOST)) {
      assertThat(get(visitor)).contains(" 200 ");
    }
    try (SSLSocket visitor = visit(HOST)) {
      assertThat(isServed(visitor)).isFalse();
    }
  }

  private static boolean isServed(SSLSocket visitor) throws Exception {
    try {
      return get(visitor).contains(" 200 ");
    } catch (IOException e) {
      return false; // in TLS 1.3 the client hears of it after its own handshake
    }
  }
}
