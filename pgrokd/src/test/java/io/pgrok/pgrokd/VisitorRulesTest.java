package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.config.ServerConfig;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.pgrokd.testing.Visitor.Response;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.VisitorRules;
import io.pgrok.protocol.share.ShareLink;
import java.net.URI;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a tunnel demands of each request. */
@ExtendWith(Leaks.class)
class VisitorRulesTest {

  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
  private static final ShareLink SHARE = ShareLink.of(KEY);
  private static final String BASIC = "Authorization: Basic dXNlcjpwYXNz";

  private final HttpService service = HttpService.saying("inside");
  private TestServer server;
  private TestAgent agent;
  private Visitor visitor;

  @BeforeEach
  void start() throws Exception {
    // Visitors of tests come from 127.0.0.1, which is a proxy that is believed.
    server = TestServer.start(VisitorRulesTest::behindAProxy);
    agent = TestAgent.connect(server, TestAgent.auth("", "", Extension.RULES));
    visitor = Visitor.connect(server.httpPort());
  }

  private static ServerConfig behindAProxy(ServerConfig config) {
    try {
      return Copy.of(config, "trustedProxies", TrustedProxies.parse(List.of("127.0.0.0/8")));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() throws Exception {
    visitor.close();
    agent.close();
    server.close();
  }

  private static VisitorRules from(String... networks) {
    return new VisitorRules(List.of(networks), false, "");
  }

  private static ReqTunnel web(String name, String auth, VisitorRules rules) {
    return new ReqTunnel("t", "1", "http", "", name, auth, 0, rules);
  }

  @Test
  void onlyVisitorsOfTheAllowedNetworksGetInOnEveryRequest() throws Exception {
    agent.open(web("net", "", from("203.0.113.0/24", "2001:db8::/32")), service);
    assertThat(visitor.get("net", "X-Forwarded-For: 203.0.113.9").receive().body())
        .isEqualTo("inside");
    assertThat(visitor.get("net", "X-Forwarded-For: 2001:db8::9").receive().body())
        .isEqualTo("inside");
    Response refused = visitor.get("net", "X-Forwarded-For: 198.51.100.1").receive();
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains("not open to your address");
    assertThat(visitor.get("net").receive().status()).isEqualTo(403);
    assertThat(service.heads()).hasSize(2);
  }

  @Test
  void whatAVisitorClaimsLeftOfTheRightmostUntrustedAddressDoesNotCount() throws Exception {
    agent.open(web("net", "", from("203.0.113.0/24")), service);
    assertThat(visitor.get("net", "X-Forwarded-For: 203.0.113.9, 198.51.100.1").receive().status())
        .isEqualTo(403);
  }

  @Test
  void aTcpTunnelChecksTheAddressBeforeItOpensAnything() throws Exception {
    ReqTunnel closed = new ReqTunnel("t", "1", "tcp", "", "", "", 0, from("203.0.113.0/24"));
    URI elsewhere = URI.create(agent.open(closed, TestAgent.SILENT));
    try (Visitor stranger = Visitor.connect(elsewhere.getPort())) {
      assertThat(stranger.isClosed()).isTrue();
    }
    ReqTunnel open = new ReqTunnel("t", "2", "tcp", "", "", "", 0, from("127.0.0.1"));
    URI here = URI.create(agent.open(open, (socket, start) -> socket.getOutputStream().write('x')));
    try (Visitor friend = Visitor.connect(here.getPort())) {
      assertThat(friend.in().read()).isEqualTo('x');
    }
    assertThat(agent.started()).isEqualTo(1);
  }

  @Test
  void plainHttpIsRedirectedToHttpsUnderTheSamePath() throws Exception {
    ReqTunnel both =
        new ReqTunnel(
            "t", "1", "http+https", "", "safe", "", 0, new VisitorRules(List.of(), true, ""));
    agent.ask(both);
    agent.serve(agent.answer().url(), service);
    visitor.send("POST /a?b=c HTTP/1.1\r\nHost: safe.pgrok.test:80\r\nContent-Length: 0\r\n\r\n");
    Response redirect = visitor.receive();
    assertThat(redirect.status()).isEqualTo(308);
    assertThat(redirect.header("Location")).isEqualTo(server.url("https", "safe") + "/a?b=c");
    assertThat(visitor.get("nobody").receive().status()).isEqualTo(404);
    try (Visitor tls = Visitor.connectTls(server.httpsPort())) {
      assertThat(tls.get("safe").receive().body()).isEqualTo("inside");
    }
  }

  @Test
  void whereAProxyEndsTlsItsWordOnTheProtocolCounts() throws Exception {
    TrustedProxies loopback = TrustedProxies.parse(List.of("127.0.0.0/8"));
    try (TestServer behind =
            TestServer.start(config ->
                Copy.of(
                    config,
                    "https",
                    null,
                    "publicHost",
                    new ServerConfig.PublicHost("pgrok.test", 0),
                    "trustedProxies",
                    loopback));
        TestAgent owner = TestAgent.connect(behind, TestAgent.auth("", "", Extension.RULES));
        Visitor proxy = Visitor.connect(behind.httpPort())) {
      owner.open(web("safe", "", new VisitorRules(List.of(), true, "")), service);
      assertThat(proxy.get("safe", "X-Forwarded-Proto: https").receive().body())
          .isEqualTo("inside");
      Response redirect = proxy.get("safe", "X-Forwarded-Proto: http").receive();
      assertThat(redirect.status()).isEqualTo(308);
      assertThat(redirect.header("Location")).isEqualTo("https://safe.pgrok.test/");
    }
  }

  @Test
  void aLinkBecomesACookieThatOpensTheTunnelUntilItEnds() throws Exception {
    agent.open(web("shared", "", new VisitorRules(List.of(), false, KEY)), service);
    Instant until = Instant.now().plusSeconds(1000);
    URI link = SHARE.link(URI.create("http://shared.pgrok.test//x?a=b"), until);
    Response redirect = request(link.getRawPath() + "?" + link.getRawQuery());
    assertThat(redirect.status()).isEqualTo(302);
    assertThat(redirect.header("Location")).isEqualTo("http://shared.pgrok.test//x?a=b");
    String cookie = redirect.header("Set-Cookie");
    assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Path=/").doesNotContain("Secure");
    assertThat(cookie).containsPattern("Max-Age=(999|1000);");
    String value = cookie.substring(0, cookie.indexOf(';'));

    assertThat(request("//x?a=b", "Cookie: one=1; " + value + "; two=2").body())
        .isEqualTo("inside");
    assertThat(request("/y", "Cookie: " + value).body()).isEqualTo("inside");
    assertThat(HttpService.header(service.heads().get(0), "Cookie")).isEqualTo("one=1; two=2");
    assertThat(service.heads().get(1)).startsWith("GET /y ").doesNotContain("Cookie");
  }

  @Test
  void aPostGoesThroughByItsLinkAndTheServiceDoesNotSeeIt() throws Exception {
    agent.open(web("shared", "", new VisitorRules(List.of(), false, KEY)), service);
    String value = SHARE.sign("shared.pgrok.test", Instant.now().plusSeconds(100));
    visitor.send(
        "POST /hook?pgrok_share="
            + value
            + "&a=b HTTP/1.1\r\nHost: shared.pgrok.test\r\nContent-Length: 0\r\n\r\n");
    assertThat(visitor.receive().body()).isEqualTo("inside");
    assertThat(service.heads().getFirst()).startsWith("POST /hook?a=b HTTP/1.1");
  }

  @Test
  void withoutAGoodLinkNobodyGetsIn() throws Exception {
    agent.open(web("shared", "", new VisitorRules(List.of(), false, KEY)), service);
    agent.open("public", HttpService.saying("public"));
    String other = SHARE.sign("public.pgrok.test", Instant.now().plusSeconds(100));
    String ended = SHARE.sign("shared.pgrok.test", Instant.now().minusSeconds(1));
    assertThat(request("/").status()).isEqualTo(403);
    assertThat(request("/?pgrok_share=" + other).status()).isEqualTo(403);
    assertThat(request("/", "Cookie: pgrok_share=" + other).status()).isEqualTo(403);
    assertThat(request("/", "Cookie: pgrok_share=" + ended).status()).isEqualTo(403);
    Response expired = request("/?pgrok_share=" + ended);
    assertThat(expired.status()).isEqualTo(403);
    assertThat(expired.body()).contains("expired");
    assertThat(visitor.get("public").receive().body()).isEqualTo("public");
    assertThat(request("/").status()).as("of the same connection").isEqualTo(403);
    assertThat(service.heads()).isEmpty();
  }

  @Test
  void thePasswordOpensASharedTunnelToo() throws Exception {
    agent.open(web("shared", "user:pass", new VisitorRules(List.of(), false, KEY)), service);
    assertThat(request("/").status()).isEqualTo(401);
    assertThat(request("/", BASIC).body()).isEqualTo("inside");
    String value = SHARE.sign("shared.pgrok.test", Instant.now().plusSeconds(100));
    assertThat(request("/", "Cookie: pgrok_share=" + value).body()).isEqualTo("inside");
  }

  private Response request(String target, String... headers) throws Exception {
    StringBuilder text = new StringBuilder("GET " + target + " HTTP/1.1\r\n");
    text.append("Host: shared.pgrok.test\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return visitor.send(text.append("\r\n").toString()).receive();
  }

  static List<ReqTunnel> impossible() {
    VisitorRules redirect = new VisitorRules(List.of(), true, "");
    return List.of(
        web("bad", "", from("10.0.0.0/33")),
        web("bad", "", from("example.com\r\n")),
        web("bad", "", new VisitorRules(List.of(), false, "c2hvcnQ=")),
        web("bad", "", new VisitorRules(List.of(), false, "no base64!")),
        new ReqTunnel("t", "1", "tcp", "", "", "", 0, redirect),
        new ReqTunnel("t", "1", "tcp", "", "", "", 0, new VisitorRules(List.of(), false, KEY)));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void aRuleThatCannotBeEnforcedRefusesTheTunnel(ReqTunnel request) throws Exception {
    String error = agent.ask(request).error();
    assertThat(error).endsWith(".").doesNotContain("no base64!");
    assertThat(error.chars()).noneMatch(Character::isISOControl);
    assertThat(error).containsAnyOf("AllowedCidrs", "ShareKey", "RedirectHttps");
  }
}
