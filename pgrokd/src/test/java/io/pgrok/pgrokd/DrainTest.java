package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.pgrokd.testing.Wire;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a server stops. */
@ExtendWith(Leaks.class)
class DrainTest {

  @Test
  void requestsUnderWayAreFinishedAndNewOnesRefused() throws Exception {
    TestServer server = TestServer.open();
    server.close();
    server = TestServer.open("requestHead", 60_000);
    TestAgent agent = TestAgent.connect(server);
    CountDownLatch go = new CountDownLatch(1);
    agent.open(
        "slow",
        new HttpService((head, body, out) -> {
          go.await();
          out.write(HttpService.response("finished"));
          return true;
        }));
    int port = server.httpPort();
    int admin = server.server().adminPort();
    Visitor idle = Visitor.connect(port);
    Visitor busy = Visitor.connect(port).get("slow");
    await().until(() -> agent.started() == 1);
    assertThat(ready(admin)).isEqualTo(200);

    Thread stopping = Thread.ofPlatform().start(server::close);
    await().until(() -> ready(admin) == 503);
    assertThat(idle.isClosed()).isTrue();
    await()
        .untilAsserted(() ->
            assertThatThrownBy(() -> Visitor.connect(port).get("slow").receive())
                .isInstanceOf(IOException.class));
    go.countDown();
    Visitor.Response response = busy.receive();
    assertThat(response.body()).isEqualTo("finished");
    assertThat(response.header("Connection")).isEqualTo("close");
    stopping.join();
    assertThatThrownBy(() -> ready(admin)).isInstanceOf(ConnectException.class);
    assertThat(agent.control().isClosedByServer()).isTrue();
    agent.close();
    idle.close();
    busy.close();
  }

  private static int ready(int port) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz")).build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    }
  }

  @Test
  void agentsAreToldFirstAndServeVisitorsWhileTheyGo() throws Exception {
    TestServer server = TestServer.open("handOver", 60_000, "drain", 100);
    TestAgent agent =
        TestAgent.lazy(server, TestAgent.auth("", "", Extension.DRAIN, Extension.MUX));
    agent.open("web", HttpService.saying("hello"));
    int tunnelPort = server.tunnelPort();
    int admin = server.server().adminPort();

    Thread stopping = Thread.ofPlatform().start(server::close);

    assertThat(agent.next()).isInstanceOf(Message.Drain.class);
    assertThat(ready(admin)).isEqualTo(200);
    await()
        .untilAsserted(() ->
            assertThatThrownBy(() -> Wire.connect(tunnelPort)).isInstanceOf(IOException.class));
    try (Visitor visitor = Visitor.connect(server.httpPort()).get("web")) {
      assertThat(visitor.receive().body()).isEqualTo("hello");
    }
    agent.close();
    stopping.join();
  }

  @Test
  void agentsThatDoNotGoAreNotWaitedForLongerThanThat() throws Exception {
    TestServer server = TestServer.open("handOver", 100, "drain", 100);
    TestAgent agent =
        TestAgent.lazy(server, TestAgent.auth("", "", Extension.DRAIN, Extension.MUX));

    Thread stopping = Thread.ofPlatform().start(server::close);

    assertThat(agent.next()).isInstanceOf(Message.Drain.class);
    stopping.join();
    assertThat(agent.control().isClosedByServer()).isTrue();
    agent.close();
  }

  @Test
  void tcpPortsTakeNoMoreVisitorsAndThoseWhoAreThereGoOn() throws Exception {
    TestServer server = TestServer.open("drain", 60_000);
    TestAgent agent = TestAgent.connect(server);
    String url =
        agent.open(
            TestAgent.tcp(0),
            (socket, start) -> socket.getInputStream().transferTo(socket.getOutputStream()));
    int port = URI.create(url).getPort();
    Visitor visitor = Visitor.connect(port).send("a");
    assertThat(visitor.in().read()).isEqualTo('a');

    Thread stopping = Thread.ofPlatform().start(server::close);

    await()
        .untilAsserted(
            () -> assertThatThrownBy(() -> Visitor.connect(port)).isInstanceOf(IOException.class));
    assertThat(visitor.send("b").in().read()).isEqualTo('b');
    visitor.close();
    stopping.join();
    agent.close();
  }

  @Test
  void visitorsThatDoNotFinishAreCutOff() throws Exception {
    TestServer server = TestServer.open();
    TestAgent agent = TestAgent.connect(server);
    agent.open("never", TestAgent.SILENT);
    Visitor visitor = Visitor.connect(server.httpPort()).get("never");
    await().until(() -> agent.started() == 1);
    server.close();
    assertThat(visitor.isClosed()).isTrue();
    visitor.close();
    agent.close();
  }
}
