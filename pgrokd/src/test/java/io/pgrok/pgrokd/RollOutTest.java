package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.pgrokd.testing.Visitor.Response;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.CloseTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.Unserved;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Agents are replaced, as those of a rolling update, and visitors do not notice. */
class RollOutTest {

  private TestServer server;
  private final AtomicInteger unserved = new AtomicInteger();

  /** The answer of an agent whose private service has ended before it. */
  private final HttpService orphaned = new HttpService((head, body, out) -> orphaned(out));

  private boolean orphaned(OutputStream out) throws IOException {
    unserved.incrementAndGet();
    out.write(
        "HTTP/1.1 502 Bad Gateway\r\n%s: 1\r\nContent-Length: 8\r\nConnection: close\r\n\r\nnobody!\n"
            .formatted(Unserved.HEADER)
            .getBytes(StandardCharsets.US_ASCII));
    return false;
  }

  private void start(Object... timings) throws Exception {
    server =
        TestServer.start(
            config -> TestServer.withTiming(TestServer.withTokenFile(config), timings));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private TestAgent agent(String token) throws Exception {
    return TestAgent.connect(server, TestAgent.auth(token, "", Extension.SHARE, Extension.CLOSE));
  }

  private Response get(String name) throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      return visitor.get(name).receive();
    }
  }

  private CompletableFuture<Response> getLater(String name) {
    var response = new CompletableFuture<Response>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            response.complete(get(name));
          } catch (Exception e) {
            response.completeExceptionally(e);
          }
        });
    return response;
  }

  private static void leave(TestAgent agent, String url) throws Exception {
    agent.control().send(new CloseTunnel(url, true));
    agent.settle();
  }

  @Test
  void whatOneMemberCannotServeAnotherDoes() throws Exception {
    start("drain", 100);
    try (TestAgent old = agent(TestServer.TOKEN);
        TestAgent young = agent(TestServer.TOKEN)) {
      old.open("app", orphaned);
      young.open("app", HttpService.saying("young"));
      while (unserved.get() < 3) {
        assertThat(get("app").body()).isEqualTo("young");
      }
    }
  }

  @Test
  void aSmallBodyIsSentOnceMore() throws Exception {
    start("drain", 100);
    var echo =
        new HttpService((head, body, out) -> {
          out.write(
              HttpService.response(new String(body.readNBytes(5), StandardCharsets.US_ASCII)));
          return true;
        });
    var deaf =
        new HttpService((head, body, out) -> {
          body.readNBytes(5);
          return orphaned(out);
        });
    try (TestAgent old = agent(TestServer.TOKEN);
        TestAgent young = agent(TestServer.TOKEN)) {
      old.open("app", deaf);
      young.open("app", echo);
      while (unserved.get() < 3) {
        try (Visitor visitor = Visitor.connect(server.httpPort())) {
          visitor.send("POST / HTTP/1.1\r\nHost: app.pgrok.test\r\nContent-Length: 5\r\n\r\nhello");
          assertThat(visitor.receive().body()).isEqualTo("hello");
        }
      }
    }
  }

  @Test
  void visitorsWaitForTheSuccessorOfTheOnlyMember() throws Exception {
    start("drain", 100);
    try (TestAgent old = agent(TestServer.TOKEN);
        TestAgent young = agent(TestServer.TOKEN)) {
      String url = old.open("app", HttpService.sayingOnce("old"));
      assertThat(get("app").body()).isEqualTo("old");
      old.serve(url, orphaned);
      var waiting = getLater("app");
      await().until(() -> unserved.get() > 0);

      // Before it is registered: the visitor comes at once then.
      young.serve(url, HttpService.saying("young"));
      young.open("app", HttpService.saying("young"));

      assertThat(waiting.get().body()).isEqualTo("young");
    }
  }

  @Test
  void visitorsWaitWhileNobodyIsThere() throws Exception {
    start("drain", 100);
    try (TestAgent old = agent(TestServer.TOKEN);
        TestAgent young = agent(TestServer.TOKEN)) {
      String url = old.open("app", HttpService.saying("old"));
      assertThat(get("app").body()).isEqualTo("old");
      leave(old, url);
      var waiting = getLater("app");

      // Before it is registered: the visitor comes at once then.
      young.serve(url, HttpService.saying("young"));
      young.open("app", HttpService.saying("young"));

      assertThat(waiting.get().body()).isEqualTo("young");
    }
  }

  @Test
  void theyDoNotWaitForLong() throws Exception {
    start("drain", 100, "comeback", 300);
    try (TestAgent agent = agent(TestServer.TOKEN)) {
      String url = agent.open("app", HttpService.sayingOnce("once"));
      assertThat(get("app").body()).isEqualTo("once");
      agent.serve(url, orphaned);
      var last = get("app");
      assertThat(last.status()).isEqualTo(502);
      assertThat(last.body()).isEqualTo("nobody!\n");
      assertThat(last.header(Unserved.HEADER)).isNull();
      int asked = unserved.get();
      assertThat(get("app").status()).isEqualTo(502);
      // At once, and after the moment that everybody waits, which is shorter than a glance here.
      assertThat(unserved.get()).isEqualTo(asked + 2);

      leave(agent, url);
      await().until(() -> get("app").status() == 404);
    }
  }

  /** As a Service, whose first pod is ready before the nodes have heard of it. */
  @Test
  void visitorsWaitAMomentForWhatHasNotBeenThereYet() throws Exception {
    start("drain", 100, "comeback", 600_000);
    try (TestAgent agent = agent(TestServer.TOKEN)) {
      String url = agent.open("app", orphaned);
      var waiting = getLater("app");
      await().until(() -> unserved.get() > 0);

      agent.serve(url, HttpService.saying("here"));

      assertThat(waiting.get().body()).isEqualTo("here");
    }
  }

  @Test
  void theMomentEnds() throws Exception {
    start("drain", 100, "comeback", 10);
    try (TestAgent agent = agent(TestServer.TOKEN)) {
      agent.open("app", orphaned);
      assertThat(get("app").status()).isEqualTo(502);
      assertThat(get("app").status()).isEqualTo(502);
    }
  }

  @Test
  void thePasswordIsAskedForWhileNobodyIsThere() throws Exception {
    start("drain", 100);
    try (TestAgent agent = agent(TestServer.TOKEN)) {
      String url =
          agent.open(
              new ReqTunnel("test", "1", "http", "", "app", "user:pass", 0),
              HttpService.saying("secret"));
      leave(agent, url);
      assertThat(get("app").status()).isEqualTo(401);
    }
  }

  @Test
  void aNameThatIsLeftMayBeAnothersAtOnce() throws Exception {
    start("drain", 100);
    try (TestAgent alice = agent(TestServer.TOKEN);
        TestAgent bob = agent(TestServer.OTHER_TOKEN)) {
      String url = alice.open("app", HttpService.saying("alice"));
      assertThat(get("app").body()).isEqualTo("alice");
      leave(alice, url);
      bob.open("app", HttpService.saying("bob"));
      assertThat(get("app").body()).isEqualTo("bob");
    }
  }

  @Test
  void aTunnelClosedForGoodIsGoneAtOnce() throws Exception {
    start("drain", 100);
    try (TestAgent agent = agent(TestServer.TOKEN)) {
      String url = agent.open("app", HttpService.saying("once"));
      assertThat(get("app").body()).isEqualTo("once");
      agent.closeTunnel(url);
      agent.settle();
      assertThat(get("app").status()).isEqualTo(404);
    }
  }
}
