package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.AdminPort;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many at once go wrong: the server goes on for everybody else, and nothing of it is left. */
@ExtendWith(Leaks.class)
class FaultTest {

  private static final int VISITORS = 1000;

  private static final int UPLOAD = 100_000;

  @Test
  void aThousandVisitorsOfAnAgentThatHasStoppedDisturbNobodyAndLeaveNothing() throws Exception {
    try (TestServer server = TestServer.open("proxyWait", 3000);
        TestAgent stuck = TestAgent.lazy(server, TestAgent.auth("", ""));
        TestAgent well = TestAgent.connect(server);
        ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      stuck.open("stuck", TestAgent.SILENT);
      well.open("well", HttpService.saying("hello"));
      AdminPort admin = AdminPort.of(server);
      // What the first requests open stays open.
      assertThat(get(server, "well")).isEqualTo(200);
      double files = admin.metric("process_open_fds");

      List<Future<Integer>> visits = new ArrayList<>();
      for (int i = 0; i < VISITORS; i++) {
        visits.add(crowd.submit(upload(server)));
      }
      await().until(() -> admin.metric("pgrokd_visitors{protocol=\"http\"}") > VISITORS / 2);
      assertThat(get(server, "well")).isEqualTo(200);
      // A body waits for its stream up to 64 KiB, whatever the visitor would send.
      assertThat(admin.metric("jvm_direct_buffers_bytes")).isLessThan(300e6);

      for (Future<Integer> visit : visits) {
        assertThat(visit.get()).isIn(503, 504);
      }
      await().until(() -> admin.metric("pgrokd_visitors{protocol=\"http\"}") == 0);
      assertThat(admin.get("/api/tunnels").body()).doesNotContainPattern("\"visits\" : [1-9]");
      await().until(() -> admin.metric("process_open_fds") <= files + 20);
      assertThat(get(server, "well")).isEqualTo(200);
    }
  }

  private static int get(TestServer server, String name) throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      return visitor.get(name).receive().status();
    }
  }

  private static Callable<Integer> upload(TestServer server) {
    return () -> {
      try (Visitor visitor = Visitor.connect(server.httpPort())) {
        visitor.send(
            "POST / HTTP/1.1\r\nHost: stuck.%s\r\nContent-Length: %d\r\n\r\n"
                .formatted(TestServer.DOMAIN, UPLOAD));
        visitor.send(new byte[UPLOAD]);
        return visitor.receive().status();
      }
    };
  }
}
