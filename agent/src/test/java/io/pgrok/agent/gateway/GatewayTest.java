package io.pgrok.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgrok.agent.config.Destination;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.PrivateAddress.Speaks;
import io.pgrok.agent.config.Trust;
import io.pgrok.agent.config.Upstream;
import io.pgrok.agent.config.Upstream.HostHeader;
import io.pgrok.agent.config.Upstream.ProxyProtocol;
import java.net.InetAddress;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/1.1 and HTTPS private services. */
@Timeout(60)
class GatewayTest {

  private static final Upstream RULES =
      new Upstream(
          new HostHeader.Rewrite(),
          Map.of("X-Added", "yes", "X-Secret", ""),
          Map.of("Server", "", "X-Answered", "yes"),
          null,
          new Trust.SystemRoots(),
          false);

  private @Nullable RawService service;
  private @Nullable GatewayFixture gateway;

  @AfterEach
  void stop() throws Exception {
    if (gateway != null) {
      gateway.close();
    }
    if (service != null) {
      service.close();
    }
  }

  private GatewayFixture.Visitor visit(RawService to, Upstream upstream) throws Exception {
    service = to;
    gateway =
        new GatewayFixture(PrivateAddress.plain(new HostPort("127.0.0.1", to.port())), upstream);
    return gateway.visit();
  }

  @Test
  void headersAreSetAndRemovedInBothDirections() throws Exception {
    try (var visitor = visit(RawService.mirror(), RULES)) {
      visitor.send("GET /a?b HTTP/1.1\r\nHost: public.test\r\nX-Secret: 1\r\nX-Own: 2\r\n\r\n");

      assertThat(visitor.readTo("\r\n\r\n"))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("X-Answered: yes\r\n")
          .doesNotContainIgnoringCase("server:");
      assertThat(visitor.readTo("\r\n\r\n"))
          .startsWith("GET /a?b HTTP/1.1\r\n")
          .contains("X-Added: yes\r\n", "X-Own: 2\r\n", "Host: 127.0.0.1:" + service.port())
          .doesNotContain("X-Secret");
    }
  }

  @Test
  void hopByHopHeadersStayOnTheirHop() throws Exception {
    try (var visitor = visit(RawService.mirror(), RULES)) {
      visitor.send(
          "GET / HTTP/1.1\r\n"
              + "Host: a\r\n"
              + "Connection: x-hop, keep-alive\r\n"
              + "X-Hop: 1\r\n"
              + "Keep-Alive: 5\r\n\r\n");

      visitor.readTo("\r\n\r\n");
      assertThat(visitor.readTo("\r\n\r\n"))
          .doesNotContainIgnoringCase("x-hop")
          .doesNotContainIgnoringCase("keep-alive");
    }
  }

  @Test
  void requestsOfOneVisitorShareAPrivateConnection() throws Exception {
    try (var visitor = visit(RawService.mirror(), RULES)) {
      String request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
      visitor.send(request + request);
      for (int i = 0; i < 2; i++) {
        assertThat(visitor.readTo("\r\n\r\n")).startsWith("HTTP/1.1 200");
        visitor.readTo("\r\n\r\n");
      }
      assertThat(service.connections()).isEqualTo(1);
    }
  }

  @Test
  void aKeptConnectionThatTheServiceClosedIsReplaced() throws Exception {
    try (var visitor =
        visit(
            RawService.of(peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }),
            RULES)) {
      for (int i = 0; i < 2; i++) {
        visitor.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(visitor.readTo("\r\n\r\n")).startsWith("HTTP/1.1 200");
      }
      assertThat(service.connections()).isEqualTo(2);
    }
  }

  @Test
  void chunksAndTrailersPassInBothDirections() throws Exception {
    try (var visitor =
        visit(
            RawService.of(peer -> {
              peer.readHead();
              String body = peer.readTo("X-Sum: 1\r\n\r\n");
              peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              peer.send("%x\r\n%s\r\n0\r\nX-Check: 2\r\n\r\n".formatted(body.length(), body));
            }),
            RULES)) {
      visitor.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      visitor.send("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");

      assertThat(visitor.readTo("X-Check: 2\r\n\r\n")).contains("5\r\nhello\r\n0\r\nX-Sum: 1");
    }
  }

  @Test
  void aBodyThatTheCloseEndsIsChunkedForTheVisitor() throws Exception {
    try (var visitor =
        visit(
            RawService.of(peer -> {
              peer.readHead();
              peer.send("HTTP/1.0 200 OK\r\n\r\nall of it");
            }),
            RULES)) {
      visitor.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(visitor.readTo("0\r\n\r\n"))
          .startsWith("HTTP/1.1 200 OK")
          .containsIgnoringCase("transfer-encoding: chunked")
          .contains("all of it");
    }
  }

  @Test
  void interimResponsesComeBeforeTheAnswer() throws Exception {
    try (var visitor =
        visit(
            RawService.of(peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 100 Continue\r\n\r\n");
              peer.readTo("hello");
              peer.send("HTTP/1.1 204 No Content\r\n\r\n");
            }),
            RULES)) {
      visitor.send(
          "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(visitor.readTo("\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      visitor.send("hello");
      assertThat(visitor.readTo("\r\n\r\n")).startsWith("HTTP/1.1 204");
    }
  }

  @Test
  void headHasALengthAndNoBody() throws Exception {
    try (var visitor =
        visit(
            RawService.of(peer -> {
              while (!peer.readHead().isEmpty()) {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
              }
            }),
            RULES)) {
      for (int i = 0; i < 2; i++) {
        visitor.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(visitor.readTo("\r\n\r\n")).containsIgnoringCase("content-length: 100");
      }
    }
  }

  @Test
  void afterAnUpgradeBytesAreRawFromTheFirstOn() throws Exception {
    try (var visitor =
        visit(
            RawService.of(peer -> {
              String head = peer.readHead();
              assertThat(head).containsIgnoringCase("upgrade: chat");
              peer.send(
                  "HTTP/1.1 101 Switching Protocols\r\n"
                      + "Upgrade: chat\r\n"
                      + "Connection: upgrade\r\n\r\n"
                      + "HELLO\n");
              String line = peer.readTo("\n");
              peer.send("GOT " + line);
            }),
            RULES)) {
      visitor.send(
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nnot HTTP\n");

      assertThat(visitor.readTo("\r\n\r\n"))
          .startsWith("HTTP/1.1 101")
          .containsIgnoringCase("upgrade: chat")
          .containsIgnoringCase("connection: upgrade")
          .contains("X-Answered: yes");
      assertThat(visitor.readTo("\n")).isEqualTo("HELLO\n");
      assertThat(visitor.readTo("\n")).isEqualTo("GOT not HTTP\n");
    }
  }

  @Test
  void aServiceThatIsNotThereIsABadGateway() throws Exception {
    RawService gone = RawService.mirror();
    gone.close();
    try (var visitor = visit(gone, RULES)) {
      visitor.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(visitor.readAll()).isEqualTo(GatewayFixture.UNREACHABLE);
    }
  }

  @Test
  void aServiceThatClosesWithoutAnAnswerIsABadGateway() throws Exception {
    try (var visitor = visit(RawService.of(RawService.Peer::readHead), RULES)) {
      visitor.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(visitor.readAll()).isEqualTo(GatewayFixture.UNREACHABLE);
    }
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    try (var visitor = visit(RawService.mirror(), RULES)) {
      visitor.send("NOT A REQUEST AT ALL\r\n\r\n");
      assertThat(visitor.readAll()).startsWith("HTTP/1.1 400 Bad Request");
    }
  }

  @Test
  void theProxyHeaderComesFirst() throws Exception {
    Upstream upstream =
        new Upstream(
            new HostHeader.Fixed("inner.test"),
            Map.of(),
            Map.of(),
            ProxyProtocol.V1,
            new Trust.SystemRoots(),
            false);
    try (var visitor =
        visit(
            RawService.of(peer -> {
              String proxy = peer.readTo("\r\n");
              String head = peer.readHead();
              String body = proxy + head;
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }),
            upstream)) {
      visitor.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      visitor.readTo("\r\n\r\n");
      assertThat(visitor.readTo("\r\n\r\n"))
          .startsWith("PROXY TCP4 192.0.2.1 0.0.0.0 5000 80\r\nGET / HTTP/1.1\r\n")
          .containsIgnoringCase("host: inner.test");
    }
  }

  @Test
  void anHttpsServiceIsVerified() throws Exception {
    X509Bundle certificate = certificate();
    try (var visitor = visitTls(certificate, new Trust.PemText(certificate.getCertificatePEM()))) {
      visitor.send("GET /tls HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(visitor.readTo("\r\n\r\n")).startsWith("HTTP/1.1 200");
      assertThat(visitor.readTo("\r\n\r\n")).startsWith("GET /tls");
    }
  }

  @Test
  void anHttpsServiceWithAnotherCertificateIsABadGateway() throws Exception {
    try (var visitor =
        visitTls(certificate(), new Trust.PemText(certificate().getCertificatePEM()))) {
      visitor.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(visitor.readAll()).isEqualTo(GatewayFixture.UNREACHABLE);
    }
  }

  @Test
  void requestsOfOneVisitorGoToDifferentServicesAndBack() throws Exception {
    try (var other =
            RawService.of(peer -> {
              while (!peer.readHead().isEmpty()) {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
              }
            });
        var visitor = visitByPath(RawService.mirror(), other)) {
      for (int i = 0; i < 2; i++) {
        visitor.send("GET /own HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(visitor.readTo("\r\n\r\n")).startsWith("HTTP/1.1 200");
        assertThat(visitor.readTo("\r\n\r\n")).startsWith("GET /own ");
        visitor.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(visitor.readTo("other")).startsWith("HTTP/1.1 200");
      }
      assertThat(service.connections()).isEqualTo(1);
      assertThat(other.connections()).isEqualTo(1);
    }
  }

  @Test
  void aPathThatLeadsNowhereIsAnsweredWithoutAskingAnybody() throws Exception {
    try (var other = RawService.mirror();
        var visitor = visitByPath(RawService.mirror(), other)) {
      visitor.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(visitor.readAll())
          .startsWith("HTTP/1.1 404 Not Found\r\n")
          .contains("\r\nConnection: close\r\n")
          .endsWith("\r\n\r\nNothing is published at this path (404 Not Found).\n");
      assertThat(service.connections()).isZero();
    }
  }

  private GatewayFixture.Visitor visitByPath(RawService own, RawService other) throws Exception {
    service = own;
    gateway =
        new GatewayFixture(
            target ->
                switch (target) {
                  case "/own" -> to(own);
                  case "/other" -> to(other);
                  default -> new Destination.Refusal(404);
                },
            Upstream.PLAIN);
    return gateway.visit();
  }

  private static Destination to(RawService service) {
    return new Destination.Private(PrivateAddress.plain(new HostPort("127.0.0.1", service.port())));
  }

  private GatewayFixture.Visitor visitTls(X509Bundle certificate, Trust trust) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
    service =
        new RawService(
            tls.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
            RawService::mirror);
    gateway =
        new GatewayFixture(
            new PrivateAddress(Speaks.HTTPS, new HostPort("localhost", service.port())),
            new Upstream(new HostHeader.Preserve(), Map.of(), Map.of(), null, trust, false));
    return gateway.visit();
  }

  private static X509Bundle certificate() throws Exception {
    return new CertificateBuilder()
        .algorithm(CertificateBuilder.Algorithm.ecp256)
        .subject("cn=private service")
        .addSanDnsName("localhost")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }
}
