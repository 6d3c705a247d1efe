package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.pgrokd.testing.Wire;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.Auth;
import io.pgrok.protocol.message.Message.AuthResp;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.RegProxy;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each has a clear answer for its sender, and no other tunnel notices. */
@ExtendWith(Leaks.class)
class BadInputTest {

  private TestServer server;
  private TestAgent bystander;

  @BeforeEach
  void start() throws Exception {
    server =
        TestServer.start(config ->
            TestServer.withTiming(
                TestServer.withTokenFile(config), "drain", 100, "firstMessage", 1500));
    bystander = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
    bystander.open("bystander", HttpService.saying("undisturbed"));
  }

  @AfterEach
  void theBystanderIsUndisturbed() throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      assertThat(visitor.get("bystander").receive().body()).isEqualTo("undisturbed");
    }
    bystander.settle();
    bystander.close();
    server.close();
  }

  static Stream<byte[]> firstFrames() {
    return Stream.of(
        Wire.frame(0, new byte[0]),
        Wire.frame(-1, new byte[0]),
        Wire.frame(Long.MAX_VALUE, new byte[100]),
        Wire.frame((1 << 20) + 1, new byte[100]),
        json("not json"),
        json("{}"),
        json("{\"Type\":\"Auth\"}"),
        json("{\"Type\":\"Unknown\",\"Payload\":{}}"),
        json("{\"Type\":\"Ping\",\"Payload\":{}}"),
        json("{\"Type\":\"StartProxy\",\"Payload\":{\"Url\":\"http://bystander.pgrok.test\"}}"));
  }

  private static byte[] json(String text) {
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    return Wire.frame(json.length, json);
  }

  @ParameterizedTest
  @MethodSource("firstFrames")
  void aFirstFrameThatIsNoAuthOrRegProxyClosesTheConnection(byte[] frame) throws Exception {
    try (Wire wire = Wire.connect(server.tunnelPort())) {
      wire.sendBytes(frame);
      assertThat(wire.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() throws Exception {
    try (Wire wire = Wire.connect(server.tunnelPort())) {
      assertThat(wire.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aHalfFrameDoesNotHoldAConnection() throws Exception {
    try (Wire wire = Wire.connect(server.tunnelPort())) {
      wire.sendBytes(Wire.frame(500, new byte[20]));
      assertThat(wire.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aMalformedFrameEndsOnlyItsOwnSession() throws Exception {
    TestAgent agent = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
    agent.open("broken", HttpService.saying("x"));
    agent.control().sendBytes(Wire.frame(-5, new byte[3]));
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      org.awaitility.Awaitility.await()
          .until(() -> visitor.get("broken").receive().status() == 404);
    }
    agent.close();
  }

  @Test
  void anUnknownClientIdGetsNoProxyConnection() throws Exception {
    try (Wire wire = Wire.connect(server.tunnelPort())) {
      wire.send(new RegProxy("0123456789abcdef0123456789abcdef", ""));
      assertThat(wire.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aWrongTokenIsToldWhatToSet() throws Exception {
    assertThat(refusal(TestAgent.auth("guess", ""))).contains("auth_token");
    assertThat(refusal(TestAgent.auth("", ""))).contains("auth_token");
  }

  @Test
  void anotherProtocolVersionIsToldBothVersions() throws Exception {
    assertThat(refusal(new Auth("3", "9.0", TestServer.TOKEN, "", "", "", "", List.of())))
        .contains("version 2")
        .contains("agent 3");
  }

  private String refusal(Auth auth) throws Exception {
    try (Wire wire = Wire.connect(server.tunnelPort())) {
      wire.send(auth);
      AuthResp answer = (AuthResp) wire.receive();
      assertThat(answer.clientId()).isEmpty();
      assertThat(wire.isClosedByServer()).isTrue();
      return answer.error();
    }
  }

  @Test
  void aTakenNameIsRefusedInTheWordsThatClientsKnow() throws Exception {
    TestAgent agent = TestAgent.connect(server, TestAgent.auth(TestServer.OTHER_TOKEN, ""));
    assertThat(agent.ask(TestAgent.http("bystander")).error())
        .isEqualTo(
            "The tunnel %s is already registered.".formatted(server.url("http", "bystander")));
    assertThat(agent.open("free", HttpService.saying("still here"))).isNotEmpty();
    agent.close();
  }

  @Test
  void aJoinedRequestRegistersEverythingOrNothing() throws Exception {
    TestAgent agent = TestAgent.connect(server, TestAgent.auth(TestServer.OTHER_TOKEN, ""));
    ReqTunnel taken = new ReqTunnel("t", "1", "https+http", "", "bystander", "", 0);
    assertThat(agent.ask(taken).error()).contains("already registered");
    ReqTunnel https = new ReqTunnel("t", "2", "https", "", "bystander", "", 0);
    assertThat(agent.ask(https).error()).as("https was not kept").isEmpty();
    agent.close();
  }

  static Stream<ReqTunnel> invalidRequests() {
    return Stream.of(
        new ReqTunnel("t", "1", "http", "", "-bad", "", 0),
        new ReqTunnel("t", "1", "http", "", "under_score", "", 0),
        new ReqTunnel("t", "1", "http", "", "two.labels", "", 0),
        new ReqTunnel("t", "1", "http", "", "x".repeat(64), "", 0),
        new ReqTunnel("t", "1", "http", "", "new\r\nline", "", 0),
        new ReqTunnel("t", "1", "http", "http://scheme.com", "", "", 0),
        new ReqTunnel("t", "1", "http", "host:80", "", "", 0),
        new ReqTunnel("t", "1", "http", "*.example.com", "", "", 0),
        new ReqTunnel("t", "1", "http", "", "ok", "no-colon", 0),
        new ReqTunnel("t", "1", "ftp", "", "ok", "", 0),
        new ReqTunnel("t", "1", "", "", "ok", "", 0),
        new ReqTunnel("t", "1", "http+", "", "ok", "", 0));
  }

  @ParameterizedTest
  @MethodSource("invalidRequests")
  void anInvalidRequestGetsASentenceAndTheSessionGoesOn(ReqTunnel request) throws Exception {
    TestAgent agent = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
    NewTunnel answer = agent.ask(request);
    assertThat(answer.error()).hasSizeGreaterThan(20).endsWith(".");
    assertThat(answer.error().chars()).noneMatch(Character::isISOControl);
    assertThat(answer.reqId()).isEqualTo("1");
    agent.settle();
    agent.close();
  }

  @Test
  void aTokenThatAllowsLessGetsNoMore() throws Exception {
    TestAgent agent = TestAgent.connect(server, TestAgent.auth(TestServer.LIMITED_TOKEN, ""));
    String below = "main." + TestServer.DOMAIN;
    for (ReqTunnel request :
        List.of(
            TestAgent.http("main"),
            TestAgent.http(""),
            new ReqTunnel("t", "1", "http", below, "", "", 0),
            new ReqTunnel("t", "1", "http", "bob.example.com", "", "", 0),
            TestAgent.tcp(2000))) {
      assertThat(agent.ask(request).error()).as(request.toString()).contains("Your token");
    }
    assertThat(agent.ask(TestAgent.http("pr-1")).error()).isEmpty();
    assertThat(agent.ask(new ReqTunnel("t", "1", "http", "carol.example.com", "", "", 0)).error())
        .isEmpty();
    assertThat(agent.ask(TestAgent.http("pr-3")).error()).contains("more than 2 tunnels");
    agent.close();
  }

  @Test
  void aMessageThatAnAgentDoesNotSendEndsTheSession() throws Exception {
    TestAgent agent = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
    agent.control().send(new Message.Pong());
    assertThat(agent.control().isClosedByServer()).isTrue();
    agent.close();
  }
}
