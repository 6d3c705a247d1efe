package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.testing.Http2Client;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.VisitorRules;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A request that asks for the agent, and not for the private service behind it. */
@ExtendWith(Leaks.class)
class ProbeTest {

  private static final String PROBE =
      "GET /.well-known/pgrok/probe HTTP/1.1\r\nHost: one.pgrok.test\r\n\r\n";

  private final AtomicInteger visits = new AtomicInteger();
  private TestServer server;
  private Visitor visitor;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    visitor = Visitor.connect(server.httpPort());
  }

  @AfterEach
  void stop() throws Exception {
    visitor.close();
    server.close();
  }

  private TestAgent agent(ReqTunnel tunnel, String... extensions) throws Exception {
    TestAgent agent = TestAgent.connect(server, TestAgent.auth("", "", extensions));
    HttpService service = HttpService.saying("the service");
    HttpService itself =
        new HttpService((head, body, out) -> {
          out.write("HTTP/1.1 204 No Content\r\nPgrok-Agent: 1\r\n\r\n".getBytes());
          return true;
        });
    agent.open(
        tunnel,
        (socket, start) -> {
          if (!start.probe()) {
            visits.incrementAndGet();
          }
          (start.probe() ? itself : service).serve(socket, start);
        });
    return agent;
  }

  @Test
  void theAgentAnswersByItselfAndTheConnectionGoesOnToTheService() throws Exception {
    try (TestAgent agent = agent(TestAgent.http("one"), Extension.PROBE)) {
      for (int i = 0; i < 2; i++) {
        assertThat(visitor.get("one").receive().body()).isEqualTo("the service");
        String answer = visitor.send(PROBE).receiveHead();
        assertThat(answer).startsWith("HTTP/1.1 204").contains("Pgrok-Agent: 1");
      }
      try (Http2Client other = Http2Client.connect(server.httpPort())) {
        var head = other.head("GET", "one.pgrok.test", "/.well-known/pgrok/probe");
        assertThat(other.open(head, true).answer().header("pgrok-agent")).isEqualTo("1");
        assertThat(other.get("one").body()).isEqualTo("the service");
      }
      assertThat(visits).hasValue(3);
    }
  }

  @Test
  void noRuleIsAppliedToIt() throws Exception {
    VisitorRules nobody = new VisitorRules(List.of("203.0.113.0/24"), false, "");
    ReqTunnel closed = new ReqTunnel("t", "1", "http", "", "one", "user:pass", 0, nobody);
    try (TestAgent agent = agent(closed, Extension.PROBE, Extension.RULES)) {
      assertThat(visitor.send(PROBE).receiveHead()).startsWith("HTTP/1.1 204");
      assertThat(visitor.get("one").receive().status()).isEqualTo(403);
      assertThat(visitor.send(PROBE.replace("GET", "POST")).receive().status()).isEqualTo(403);
      assertThat(visits).hasValue(0);
    }
  }

  @Test
  void anAgentThatKnowsNoProbesIsNotAsked() throws Exception {
    try (TestAgent agent = agent(TestAgent.http("one"))) {
      Visitor.Response answer = visitor.send(PROBE).receive();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).contains("no probes");
      assertThat(agent.started()).isZero();
    }
  }
}
