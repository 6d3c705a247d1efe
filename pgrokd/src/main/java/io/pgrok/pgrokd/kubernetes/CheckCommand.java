package io.pgrok.pgrokd.kubernetes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pgrokd check}: looks at a running server from outside; {@code helm test} runs it. */
@Command(
    name = "check",
    description = "Looks at a running pgrokd the way agents and visitors see it.",
    mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** A label that no tunnel can have, since labels do not start with a hyphen. */
  private static final String NOBODY = "-check-";

  @Option(
      names = "--tunnel",
      paramLabel = "HOST:PORT",
      converter = HostAndPort.Converter.class,
      description = "A tunnel listener: must complete a TLS handshake for that name.")
  private @Nullable HostAndPort tunnel;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Authority to trust for --tunnel. Absent or empty: the system's.")
  private @Nullable Path authority;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      converter = HostAndPort.Converter.class,
      description = "A public HTTP listener: must answer that a tunnel nobody has is not found.")
  private @Nullable HostAndPort http;

  @Option(
      names = "--domain",
      paramLabel = "NAME",
      defaultValue = "localhost",
      description = "Domain of the tunnel that nobody has.")
  private String domain = "localhost";

  @Option(names = "--url", paramLabel = "URL", description = "Must answer 200; may be repeated.")
  private List<URI> urls = new ArrayList<>();

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private CommandSpec spec;

  /** Exit code 0 when everything asked for is as it should be; a line for each. */
  @Override
  public Integer call() throws InterruptedException {
    boolean good = true;
    if (tunnel != null) {
      HostAndPort address = tunnel;
      good &= report("tunnel listener " + address, () -> handshake(address));
    }
    if (http != null) {
      HostAndPort address = http;
      good &= report("http listener " + address, () -> unknownTunnel(address));
    }
    for (URI url : urls) {
      good &= report(url.toString(), () -> ok(url));
    }
    return good ? 0 : 1;
  }

  private interface Check {
    /** What was seen; an exception when it is not as it should be. */
    String look() throws IOException, InterruptedException;
  }

  private boolean report(String what, Check check) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      out.println("ok    " + what + ": " + check.look());
      return true;
    } catch (IOException e) {
      out.println("fails " + what + ": " + e);
      return false;
    }
  }

  private String handshake(HostAndPort address) throws IOException {
    SSLContext context =
        authority == null || !Files.exists(authority) || Files.size(authority) == 0
            ? Trust.system()
            : Trust.only(authority);
    try (Socket plain = connect(address);
        SSLSocket socket =
            (SSLSocket)
                context
                    .getSocketFactory()
                    .createSocket(plain, address.host(), address.port(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
  }

  private String unknownTunnel(HostAndPort address) throws IOException {
    // Not with HttpClient, which lets nobody choose the Host.
    String host = NOBODY + "." + domain;
    try (Socket socket = connect(address)) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(host)
                  .getBytes(StandardCharsets.US_ASCII));
      String status =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
              .readLine();
      if (status == null || !status.startsWith("HTTP/1.1 404 ")) {
        throw new IOException("answered '%s' for %s, not 404".formatted(status, host));
      }
      return status;
    }
  }

  private static String ok(URI url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      int status =
          client
              .send(HttpRequest.newBuilder(url).timeout(TIMEOUT).build(), BodyHandlers.discarding())
              .statusCode();
      if (status != 200) {
        throw new IOException("answered " + status);
      }
      return "200";
    }
  }

  private static Socket connect(HostAndPort address) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      socket.connect(
          new InetSocketAddress(address.host(), address.port()), (int) TIMEOUT.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
