package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.Descriptors;
import io.pgrok.pgrokd.testing.Http2Client;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Others that stop or vanish: after each the server serves on, and holds nothing of it. */
@ExtendWith(Leaks.class)
class FaultTest {

  private TestServer server;
  private TestAgent bystander;
  private Descriptors descriptors;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open("proxyWait", 2000, "visitorStall", 500, "drain", 100);
    bystander = TestAgent.connect(server);
    bystander.open("bystander", HttpService.saying("undisturbed"));
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.get("bystander").receive();
    }
    descriptors = Descriptors.now();
  }

  @AfterEach
  void theServerServesOnAndHoldsNothing() throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      assertThat(visitor.get("bystander").receive().body()).isEqualTo("undisturbed");
    }
    descriptors.awaitBack();
    bystander.close();
    server.close();
  }

  @Test
  void aThousandVisitorsToAnAgentThatHasStopped() throws Exception {
    TestAgent stopped = TestAgent.lazy(server, TestAgent.auth("", ""));
    stopped.open("stopped", TestAgent.SILENT);
    List<Visitor> visitors = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      visitors.add(Visitor.connect(server.httpPort()).get("stopped"));
    }
    try (Visitor other = Visitor.connect(server.httpPort())) {
      assertThat(other.get("bystander").receive().body())
          .as("while they wait")
          .isEqualTo("undisturbed");
    }
    for (Visitor visitor : visitors) {
      assertThat(visitor.receive().status()).isIn(503, 504);
      visitor.close();
    }
    stopped.close();
  }

  @Test
  void visitorsThatVanishMidUploadTakeTheirStreamsAlong() throws Exception {
    bystander.open("upload", (socket, start) -> socket.getInputStream().readAllBytes());
    for (int i = 0; i < 50; i++) {
      try (Visitor visitor = Visitor.connect(server.httpPort())) {
        visitor.send(
            "POST / HTTP/1.1\r\nHost: upload.pgrok.test\r\nContent-Length: 1000000\r\n\r\npart");
        visitor.socket().setSoLinger(true, 0);
      }
    }
    try (Http2Client other = Http2Client.connect(server.httpPort())) {
      for (int i = 0; i < 20; i++) {
        other.open(other.head("POST", "upload.pgrok.test", "/"), false).send("part", false);
      }
    }
  }

  @Test
  void agentsThatAreKilledMidAnswerLeaveNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      TestAgent doomed = TestAgent.connect(server);
      doomed.open(
          "doomed",
          (socket, start) -> {
            HttpService.readHead(socket.getInputStream());
            socket
                .getOutputStream()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart".getBytes());
            socket.getInputStream().read();
          });
      try (Visitor visitor = Visitor.connect(server.httpPort());
          Http2Client other = Http2Client.connect(server.httpPort())) {
        visitor.get("doomed").receiveHead();
        Http2Client.Stream stream = other.open(other.head("GET", "doomed.pgrok.test", "/"), true);
        assertThat(stream.next()).isInstanceOf(Http2Client.Event.Head.class);
        doomed.kill();
        Http2Client.Event end = stream.next();
        while (end instanceof Http2Client.Event.Data) {
          end = stream.next();
        }
        assertThat(end).isInstanceOf(Http2Client.Event.Reset.class);
      }
      try (Visitor next = Visitor.connect(server.httpPort())) {
        await().until(() -> next.get("doomed").receive().status() == 404);
      }
    }
  }
}
