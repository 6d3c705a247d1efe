package io.pgrok.pgrokd.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.http.HeadEnd;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {

  private static Origin origin(String peer, String... headers) throws Exception {
    String head = "GET / HTTP/1.1\r\nHost: a.test\r\n" + String.join("", headers) + "\r\n";
    ByteBuf in = Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII);
    RequestHead request = RequestHead.of(Head.read(in, new HeadEnd().find(in), Head.Lines.STRICT));
    return Origin.of(
        request,
        InetAddress.ofLiteral(peer),
        Protocol.HTTP,
        TrustedProxies.parse(List.of("10.0.0.0/8", "fd00::/8")));
  }

  @Test
  void aStrangersClaimsCountForNothing() throws Exception {
    Origin origin =
        origin(
            "192.0.2.1",
            "X-Forwarded-For: 6.6.6.6\r\n",
            "X-Forwarded-Proto: https\r\n",
            "X-Forwarded-Host: evil\r\n");
    assertThat(origin).isEqualTo(new Origin("192.0.2.1", "192.0.2.1", "http", "a.test"));
    assertThat(origin.forwarded()).isEqualTo("for=192.0.2.1;host=\"a.test\";proto=http");
  }

  @ParameterizedTest
  @CsvSource({
    "'192.0.2.1', 192.0.2.1, '192.0.2.1, 10.0.0.1'",
    "'6.6.6.6, 192.0.2.1', 192.0.2.1, '192.0.2.1, 10.0.0.1'",
    "'6.6.6.6, 192.0.2.1, 10.0.0.2', 192.0.2.1, '192.0.2.1, 10.0.0.2, 10.0.0.1'",
    "'2001:db8::1, fd00::1', 2001:db8::1, '2001:db8::1, fd00::1, 10.0.0.1'",
    "'192.0.2.1, unknown', 10.0.0.1, 10.0.0.1",
    "'', 10.0.0.1, 10.0.0.1",
    "'10.0.0.9', 10.0.0.9, '10.0.0.9, 10.0.0.1'",
    "'192.0.2.1:4711', 192.0.2.1, '192.0.2.1, 10.0.0.1'",
    "'6.6.6.6, [2001:db8::1]:4711, 10.0.0.2:80', 2001:db8::1, '2001:db8::1, 10.0.0.2, 10.0.0.1'",
    "'192.0.2.1, [], 10.0.0.2', 10.0.0.2, '10.0.0.2, 10.0.0.1'",
  })
  void theRightmostAddressThatIsNoTrustedProxyIsTheVisitor(
      String said, String visitor, String chain) throws Exception {
    Origin origin = origin("10.0.0.1", "X-Forwarded-For: " + said + "\r\n");
    assertThat(origin.visitor()).isEqualTo(visitor);
    assertThat(origin.chain()).isEqualTo(chain);
  }

  @ParameterizedTest
  @CsvSource({
    "'for=192.0.2.1', 192.0.2.1, http, a.test",
    "'For=\"[2001:db8::1]:4711\";Proto=https; host=\"pub.test\"', 2001:db8::1, https, pub.test",
    "'for=6.6.6.6, for=192.0.2.1;proto=https, for=10.0.0.2', 192.0.2.1, http, a.test",
    "'for=192.0.2.1, for=unknown', 10.0.0.1, http, a.test",
    "'for=192.0.2.1, for=_hidden', 10.0.0.1, http, a.test",
    "'for=\"192.0.2.1, 6.6.6.6\"', 10.0.0.1, http, a.test",
    "'proto=https', 10.0.0.1, https, a.test",
    "'=;;=,;', 10.0.0.1, http, a.test",
  })
  void aTrustedProxyMaySayItInTheStandardsWords(
      String said, String visitor, String protocol, String host) throws Exception {
    Origin origin = origin("10.0.0.1", "Forwarded: " + said + "\r\n");
    assertThat(origin.visitor()).isEqualTo(visitor);
    assertThat(origin.protocol()).isEqualTo(protocol);
    assertThat(origin.host()).isEqualTo(host);
  }

  @Test
  void whatAProxyDoesNotWriteMayBeItsVisitors() throws Exception {
    for (String written : List.of("X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: http")) {
      Origin origin =
          origin("10.0.0.1", written + "\r\n", "Forwarded: for=6.6.6.6;proto=https;host=evil\r\n");
      assertThat(origin.visitor()).isIn("192.0.2.1", "10.0.0.1");
      assertThat(origin.protocol()).isEqualTo("http");
      assertThat(origin.host()).isEqualTo("a.test");
    }
    assertThat(origin("192.0.2.9", "Forwarded: for=6.6.6.6\r\n").visitor()).isEqualTo("192.0.2.9");
  }

  @Test
  void aTrustedProxySaysWhatTheVisitorSpeaks() throws Exception {
    Origin origin =
        origin(
            "fd00::1",
            "X-Forwarded-For: 2001:db8::1\r\n",
            "X-Forwarded-Proto: https\r\n",
            "X-Forwarded-Host: pub.test\r\n");
    assertThat(origin.protocol()).isEqualTo("https");
    assertThat(origin.host()).isEqualTo("pub.test");
    assertThat(origin.forwarded()).isEqualTo("for=\"[2001:db8::1]\";host=\"pub.test\";proto=https");
    Origin nonsense =
        origin("fd00::1", "X-Forwarded-Proto: gopher\r\n", "X-Forwarded-Host: a\"b\r\n");
    assertThat(nonsense.protocol()).isEqualTo("http");
    assertThat(nonsense.host()).isEqualTo("a.test");
  }
}
