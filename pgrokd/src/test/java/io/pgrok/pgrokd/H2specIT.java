package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * h2spec, the conformance suite for HTTP/2 servers, against both web ports. It is a Go program,
 * built from the versions in src/test/go/h2spec; without Go on the PATH this is skipped.
 */
class H2specIT {

  /** What Netty's codec decides otherwise, and excludes from its own run of h2spec too. */
  private static final List<String> BY_NETTY =
      List.of(
          // A stream that is gone and one that was skipped look alike to it: RST_STREAM, no GOAWAY.
          "http2/5.1 half closed (remote): Sends a HEADERS frame",
          "http2/5.1 closed: Sends a HEADERS frame",
          "http2/5.1.1 Sends stream identifier that is numerically smaller than previous");

  /** What does not begin with the preface is HTTP/1 on a port that speaks both. */
  private static final String BY_US = "http2/3.5 Sends invalid connection preface";

  @TempDir Path dir;

  @Test
  void everyCasePassesOnBothPorts() throws Exception {
    Path h2spec = program();
    // The test's agent sends no pings: were it reaped, 404 would end streams before their faults.
    try (TestServer server = TestServer.open("controlSilence", 60 * 60 * 1000);
        TestAgent agent = TestAgent.connect(server)) {
      NewTunnel first = agent.ask(new ReqTunnel("t", "1", "http+https", "localhost", "", "", 0));
      HttpService service =
          new HttpService((head, body, out) -> {
            // An answer before the body ends the stream, and with it what is wrong with the body.
            HttpService.skipBody(head, body);
            out.write(HttpService.response("hello"));
            return true;
          });
      agent.serve(first.url(), service);
      agent.serve(agent.answer().url(), service);
      assertThat(failures(h2spec, server.httpPort()))
          .as("plain")
          .filteredOn(failed -> !BY_NETTY.contains(failed))
          .containsExactly(BY_US);
      assertThat(failures(h2spec, server.httpsPort(), "-t", "-k"))
          .as("TLS")
          .filteredOn(failed -> !BY_NETTY.contains(failed))
          .isEmpty();
    }
  }

  private List<String> failures(Path h2spec, int port, String... options) throws Exception {
    Path report = dir.resolve(port + ".xml");
    List<String> command = new ArrayList<>(List.of(h2spec.toString()));
    command.addAll(List.of("-h", "localhost", "-p", "" + port, "-o", "5", "-j", report.toString()));
    command.addAll(List.of(options));
    run(dir, command);
    NodeList cases =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getElementsByTagName("testcase");
    assertThat(cases.getLength()).isGreaterThan(90);
    List<String> failed = new ArrayList<>();
    for (int i = 0; i < cases.getLength(); i++) {
      Element one = (Element) cases.item(i);
      if (one.getElementsByTagName("failure").getLength()
              + one.getElementsByTagName("error").getLength()
          > 0) {
        failed.add(one.getAttribute("package") + " " + one.getAttribute("classname"));
      }
    }
    return failed;
  }

  private Path program() throws Exception {
    Path built = dir.resolve("h2spec");
    try {
      new ProcessBuilder("go", "version").start().waitFor();
    } catch (IOException e) {
      assumeTrue(false, "no 'go' on the PATH");
    }
    run(
        Path.of("src", "test", "go", "h2spec"),
        List.of("go", "build", "-o", built.toString(), "github.com/summerwind/h2spec/cmd/h2spec"));
    return built;
  }

  private void run(Path in, List<String> command) throws Exception {
    Path log = dir.resolve("log.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(10, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("ended: " + command).isTrue();
    if (Objects.equals(command.getFirst(), "go")) {
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }
  }
}
