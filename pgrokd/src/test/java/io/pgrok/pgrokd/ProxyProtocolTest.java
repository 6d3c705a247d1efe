package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.config.ServerConfig;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Timings;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.VisitorRules;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A load balancer in front that says who is connected to it. */
@ExtendWith(Leaks.class)
class ProxyProtocolTest {

  private static final String V1 = "PROXY TCP4 203.0.113.9 192.0.2.1 4711 80\r\n";

  private final HttpService service = HttpService.saying("x");
  private TestServer server;
  private TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start(config -> behind(config, "127.0.0.0/8"));
    agent = TestAgent.connect(server, TestAgent.auth("", "", Extension.RULES));
    agent.open("one", service);
  }

  private static ServerConfig behind(ServerConfig config, String balancer) {
    try {
      return Copy.of(
          config,
          "trustedProxies",
          TrustedProxies.parse(List.of(balancer)),
          "proxyProtocol",
          true,
          "timing",
          Timings.with("requestHead", 1000, "drain", 100));
    } catch (StartupException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
  }

  private static byte[] v2(int command, int family, byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10});
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    out.write(0x20 | command);
    out.write(family << 4 | 1);
    out.write(length >> 8);
    out.write(length);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] address(String text) throws Exception {
    return InetAddress.getByName(text).getAddress();
  }

  private String visitorSeenAfter(byte[] header) throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      for (byte one : header) {
        visitor.send(new byte[] {one});
      }
      assertThat(visitor.get("one").receive().body()).isEqualTo("x");
      assertThat(visitor.get("one").receive().body()).isEqualTo("x");
    }
    return HttpService.header(service.heads().getLast(), "X-Forwarded-For");
  }

  @Test
  void bothVersionsTellTheVisitor() throws Exception {
    byte[] ports = {0x12, 0x67, 0, 80};
    assertThat(visitorSeenAfter(V1.getBytes(StandardCharsets.US_ASCII))).isEqualTo("203.0.113.9");
    assertThat(visitorSeenAfter("PROXY TCP6 2001:db8::9 ::1 1 2\r\n".getBytes()))
        .isEqualTo("2001:db8:0:0:0:0:0:9");
    assertThat(visitorSeenAfter(v2(1, 1, address("203.0.113.9"), address("192.0.2.1"), ports)))
        .isEqualTo("203.0.113.9");
    assertThat(
            visitorSeenAfter(
                v2(1, 2, address("2001:db8::9"), address("::1"), ports, new byte[] {4, 0, 1, 0})))
        .isEqualTo("2001:db8:0:0:0:0:0:9");
    assertThat(visitorSeenAfter("PROXY UNKNOWN\r\n".getBytes())).isEqualTo("127.0.0.1");
    assertThat(visitorSeenAfter(v2(0, 0))).as("a health check").isEqualTo("127.0.0.1");
  }

  @Test
  void tlsAndRulesComeAfterTheHeader() throws Exception {
    VisitorRules rules = new VisitorRules(List.of("203.0.113.0/24"), false, "");
    ReqTunnel closed = new ReqTunnel("t", "1", "https", "", "one", "", 0, rules);
    agent.open(closed, service);
    for (String from : List.of("203.0.113.9", "198.51.100.1")) {
      try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.httpsPort())) {
        raw.getOutputStream().write(V1.replace("203.0.113.9", from).getBytes());
        try (SSLSocket tls =
            (SSLSocket)
                TestServer.trust()
                    .getSocketFactory()
                    .createSocket(raw, "one.pgrok.test", server.httpsPort(), true)) {
          tls.getOutputStream().write("GET / HTTP/1.1\r\nHost: one.pgrok.test\r\n\r\n".getBytes());
          assertThat(HttpService.readHead(tls.getInputStream()))
              .contains(from.startsWith("203") ? " 200 " : " 403 ");
        }
      }
    }
  }

  @Test
  void aTcpServiceLearnsTheVisitorAndGetsNoHeader() throws Exception {
    URI tcp =
        URI.create(
            agent.open(
                TestAgent.tcp(0),
                (socket, start) -> {
                  byte[] first = socket.getInputStream().readNBytes(5);
                  socket
                      .getOutputStream()
                      .write((new String(first) + start.clientAddr()).getBytes());
                }));
    try (Visitor visitor = Visitor.connect(tcp.getPort())) {
      visitor.send(V1 + "hello");
      assertThat(visitor.in().readAllBytes()).asString().isEqualTo("hello203.0.113.9:4711");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: one.pgrok.test\r\n\r\n",
        "PROXY TCP4 example.com 192.0.2.1 1 2\r\n",
        "PROXY TCP4 203.0.113.9 192.0.2.1 1 2\n",
        "PROXY TCP4 203.0.113.9 192.0.2.1 99999 2\r\n",
        "PROXY TCP4 203.0.113.9\r\n",
        "PROXY UDP4 203.0.113.9 192.0.2.1 1 2\r\n",
        "PROXY TCP4 203.0.113.9 192.0.2.1 1 2                                                      "
            + "                        ",
        "\r\n\r\n\0\r\nQUIT\nxx",
        "PROXY TCP4 203",
        ""
      })
  void aBalancerWithoutAHeaderIsRefused(String begin) throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.send(begin);
      assertThat(visitor.isClosed()).isTrue();
    }
    assertThat(service.heads()).isEmpty();
  }

  @Test
  void nobodyElsesHeaderIsBelieved() throws Exception {
    try (TestServer elsewhere = TestServer.start(config -> behind(config, "192.0.2.1"));
        TestAgent other = TestAgent.connect(elsewhere)) {
      other.open("one", service);
      try (Visitor visitor = Visitor.connect(elsewhere.httpPort())) {
        assertThat(visitor.send(V1).get("one").receive().status()).isEqualTo(400);
      }
      try (Visitor visitor = Visitor.connect(elsewhere.httpPort())) {
        assertThat(visitor.get("one").receive().body()).isEqualTo("x");
      }
    }
  }
}
