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
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  /** All there are, in the version that go.mod names. */
  private static final int ALL = 145;

  /**
   * Sections, and of two of them cases. Left out is what Netty's codec decides otherwise, and what
   * it leaves out of its own run of h2spec too:
   *
   * <ul>
   *   <li>5.1/6, 5.1/12: a HEADERS frame on a stream that has ended gets RST_STREAM or nothing, not
   *       GOAWAY; a stream that is gone and one that was skipped look alike to it
   *   <li>5.1.1/2: for the same reason a stream's number may be smaller than the last one's
   * </ul>
   */
  private static final List<String> CASES =
      Stream.of(
              Stream.of("generic", "hpack", "http2/3.5/1", "http2/4"),
              cases("http2/5.1/", 13, 6, 12),
              cases("http2/5.1.1/", 2, 2),
              Stream.of("http2/5.1.2", "http2/5.3", "http2/5.4", "http2/5.5", "http2/6"),
              Stream.of("http2/7", "http2/8"))
          .flatMap(part -> part)
          .toList();

  /** What does not begin with the preface is HTTP/1 on a port that speaks both: TLS only. */
  private static final String WRONG_PREFACE = "http2/3.5/2";

  private static final String PASSED = "passed";

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
      List<String> plain = run(h2spec, server.httpPort(), CASES);
      assertThat(plain).as("plain").hasSize(ALL - 4).allMatch(PASSED::equals);
      List<String> onTls = new ArrayList<>(CASES);
      onTls.addAll(List.of(WRONG_PREFACE, "-t", "-k"));
      List<String> tls = run(h2spec, server.httpsPort(), onTls);
      assertThat(tls).as("TLS").hasSize(ALL - 3).allMatch(PASSED::equals);
    }
  }

  private static Stream<String> cases(String section, int last, Integer... without) {
    return IntStream.rangeClosed(1, last)
        .filter(number -> !List.of(without).contains(number))
        .mapToObj(number -> section + number);
  }

  /** How each case went: {@link #PASSED}, or its name. */
  private List<String> run(Path h2spec, int port, List<String> arguments) throws Exception {
    Path report = dir.resolve(port + ".xml");
    List<String> command = new ArrayList<>(List.of(h2spec.toString()));
    // Nobody waits so long but for a failure: a busy machine is none.
    command.addAll(List.of("-h", "localhost", "-p", "" + port, "-o", "20"));
    command.addAll(List.of("-j", report.toString()));
    command.addAll(arguments);
    run(dir, command);
    NodeList cases =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getElementsByTagName("testcase");
    List<String> results = new ArrayList<>();
    for (int i = 0; i < cases.getLength(); i++) {
      Element one = (Element) cases.item(i);
      boolean failed =
          one.getElementsByTagName("failure").getLength()
                  + one.getElementsByTagName("error").getLength()
              > 0;
      results.add(
          failed ? one.getAttribute("package") + " " + one.getAttribute("classname") : PASSED);
    }
    return results;
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
