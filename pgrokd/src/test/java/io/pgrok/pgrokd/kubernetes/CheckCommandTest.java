package io.pgrok.pgrokd.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
  @TempDir Path dir;
  private final AtomicReference<String> host = new AtomicReference<>();
  private HttpServer web;
  private FakeApiServer tls;
  private volatile int status = 404;

  @BeforeEach
  void start() throws Exception {
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          host.set(exchange.getRequestHeaders().getFirst("Host"));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    web.start();
    tls = new FakeApiServer(dir);
  }

  @AfterEach
  void stop() {
    web.stop(0);
    tls.close();
  }

  @Test
  void aTunnelListenerThatTheAuthorityVouchesForIsGood() {
    Outcome outcome = run("--tunnel=" + tlsAddress(), "--ca=" + dir.resolve("ca.crt"));

    assertThat(outcome.text()).startsWith("ok    tunnel listener").contains("TLSv1.3");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void aTunnelListenerThatNobodyVouchesForFails() throws Exception {
    Path empty = Files.createFile(dir.resolve("empty"));

    Outcome outcome = run("--tunnel=" + tlsAddress(), "--ca=" + empty);

    assertThat(outcome.text()).startsWith("fails tunnel listener");
    assertThat(outcome.code()).isEqualTo(1);
  }

  @Test
  void aPublicListenerHasToKnowThatNobodyHasTheName() {
    Outcome outcome = run("--http=" + webAddress(), "--domain=t.example");

    assertThat(outcome.text()).startsWith("ok    http listener").contains("404");
    assertThat(host).hasValue("-check-.t.example");
    assertThat(outcome.code()).isZero();

    status = 200;
    assertThat(run("--http=" + webAddress()).text()).contains("fails", "200", "not 404");
  }

  @Test
  void eachUrlHasToAnswer200() {
    status = 200;
    assertThat(run("--url=http://" + webAddress() + "/healthz").code()).isZero();

    status = 503;
    Outcome outcome = run("--url=http://" + webAddress() + "/healthz");
    assertThat(outcome.text()).contains("fails", "503");
    assertThat(outcome.code()).isEqualTo(1);
  }

  @Test
  void oneFailureDoesNotHideTheNextCheck() {
    Outcome outcome = run("--tunnel=127.0.0.1:1", "--http=" + webAddress());

    assertThat(outcome.text().lines())
        .satisfiesExactly(
            tunnel -> assertThat(tunnel).startsWith("fails"),
            http -> assertThat(http).startsWith("ok"));
  }

  @Test
  void anAddressWithoutPortIsAUsageError() {
    assertThat(run("--tunnel=localhost").code()).isEqualTo(2);
  }

  private record Outcome(int code, String text) {}

  private static Outcome run(String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text, true);
    int code = new CommandLine(new CheckCommand()).setOut(writer).setErr(writer).execute(arguments);
    return new Outcome(code, text.toString());
  }

  private String webAddress() {
    return "127.0.0.1:" + web.getAddress().getPort();
  }

  private String tlsAddress() {
    return "127.0.0.1:" + tls.environment().get("KUBERNETES_SERVICE_PORT");
  }
}
