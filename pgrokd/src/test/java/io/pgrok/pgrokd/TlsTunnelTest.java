package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.certificate.DevelopmentCertificate;
import io.pgrok.pgrokd.certificate.Pem;
import io.pgrok.pgrokd.testing.AnyCertificate;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.VisitorRules;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels whose private service ends TLS by itself: chosen by SNI, and passed on as they are. */
@ExtendWith(Leaks.class)
class TlsTunnelTest {

  @TempDir Path dir;
  private TestServer server;
  private TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    agent = TestAgent.connect(server, TestAgent.auth("", "", Extension.TLS, Extension.RULES));
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
  }

  private static ReqTunnel tls(String subdomain, VisitorRules rules) {
    return new ReqTunnel("t", "1", "tls", "", subdomain, "", 0, rules);
  }

  /** A private service with a certificate of its own. */
  private TestAgent.Service encrypted(X509Certificate certificate, PrivateKey key)
      throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("own", key, new char[0], new Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return (socket, start) -> {
      try (SSLSocket inner =
          (SSLSocket) context.getSocketFactory().createSocket(socket, (InputStream) null, true)) {
        HttpService.readHead(inner.getInputStream());
        OutputStream out = inner.getOutputStream();
        out.write(HttpService.response("for " + start.clientAddr().split(":")[0]));
        out.flush();
      }
    };
  }

  private SSLSocket visit(String host) throws Exception {
    SSLContext anything = AnyCertificate.trusting();
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.httpsPort());
    raw.setSoTimeout(20_000);
    SSLSocket socket =
        (SSLSocket) anything.getSocketFactory().createSocket(raw, host, server.httpsPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Test
  void theServicesOwnCertificateReachesTheVisitor() throws Exception {
    DevelopmentCertificate made =
        DevelopmentCertificate.ensure(dir, "own.example.com", Clock.systemUTC());
    var own = Pem.read(Files.readString(made.certificate()), Files.readString(made.key()));
    String url = agent.open(tls("own", null), encrypted(own.certificate(), own.key()));
    assertThat(url).isEqualTo("tls://own." + TestServer.DOMAIN + ":" + server.httpsPort());
    try (SSLSocket visitor = visit("own.pgrok.test")) {
      visitor.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
      assertThat(HttpService.readHead(visitor.getInputStream())).contains(" 200 ");
      assertThat(visitor.getInputStream().readNBytes(13)).asString().isEqualTo("for 127.0.0.1");
      assertThat(visitor.getSession().getPeerCertificates()[0]).isEqualTo(own.certificate());
    }
    try (SSLSocket visitor = visit("other.pgrok.test")) {
      visitor.startHandshake();
      assertThat(visitor.getSession().getPeerCertificates()[0]).isNotEqualTo(own.certificate());
    }
    try (Visitor nameless = Visitor.connectTls(server.httpsPort())) {
      assertThat(nameless.get("own").receive().status()).isEqualTo(404);
    }
  }

  @Test
  void aNameIsEitherHttpsOrTls() throws Exception {
    agent.open(tls("one", null), TestAgent.SILENT);
    ReqTunnel https = new ReqTunnel("t", "1", "https", "", "one", "", 0);
    assertThat(agent.ask(https).error()).contains("already registered");
    agent.open(new ReqTunnel("t", "1", "https", "", "two", "", 0), TestAgent.SILENT);
    assertThat(agent.ask(tls("two", null)).error()).contains("already registered");
  }

  @Test
  void whatCannotBeEnforcedRefusesTheTunnelAndNetworksAreChecked() throws Exception {
    assertThat(agent.ask(tls("one", new VisitorRules(List.of(), true, ""))).error())
        .contains("RedirectHttps");
    assertThat(agent.ask(new ReqTunnel("t", "1", "tls", "", "one", "user:pass", 0)).error())
        .contains("HttpAuth");
    agent.open(
        tls("one", new VisitorRules(List.of("203.0.113.0/24"), false, "")), TestAgent.SILENT);
    try (SSLSocket visitor = visit("one.pgrok.test")) {
      org.assertj.core.api.Assertions.assertThatThrownBy(visitor::startHandshake)
          .isInstanceOf(java.io.IOException.class);
    }
    assertThat(agent.started()).isZero();
  }
}
