package io.pgrok.agent.kube;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgrok.agent.cli.ExitCode;
import io.pgrok.protocol.share.ShareLink;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Signs here, with the key that the person may read: neither the operator nor pgrokd is asked, and
 * pgrokd checks the link at each request.
 */
@Command(
    name = "share",
    description = "Prints a link that lets its holder visit a Tunnel with access.share for a time.")
final class ShareCommand implements Callable<Integer> {

  private final InstantSource clock = InstantSource.system();

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "<tunnel>", description = "Name of the Tunnel.")
  String tunnel = "";

  @Option(
      names = "--expires",
      paramLabel = "<time>",
      defaultValue = "24h",
      description = "When the link ends, from now: such as 30m, 2h or 7d. Default: 24h.")
  String expires = "24h";

  @Option(
      names = "--path",
      paramLabel = "<page>",
      defaultValue = "/",
      description = "The page that the link opens; it lets its holder visit the others, too.")
  String path = "/";

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    TimeSpan span;
    try {
      span = TimeSpan.parse(expires);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--expires=" + expires + ": " + e.getMessage());
    }
    Kubectl kubectl = cluster.kubectl();
    TunnelView view = TunnelView.of(kubectl, tunnel);
    if (!view.isShared()) {
      throw new IOException(
          "tunnel %s asks for no share link; it needs spec.access: {share: {}}".formatted(tunnel));
    }
    Instant until = clock.instant().plus(span.duration()).truncatedTo(ChronoUnit.SECONDS);
    URI page = view.url().resolve(path.startsWith("/") ? path : "/" + path);
    spec.commandLine().getOut().println(link(kubectl, view, page, until));
    return ExitCode.OK;
  }

  private static URI link(Kubectl kubectl, TunnelView view, URI page, Instant until)
      throws IOException {
    JsonNode secret = kubectl.get("secret", view.shareSecret());
    String key = secret.at("/data/key").asText();
    if (key.isEmpty()) {
      throw new IOException("secret %s has no key 'key'".formatted(view.shareSecret()));
    }
    return ShareLink.of(new String(Base64.getDecoder().decode(key), StandardCharsets.UTF_8))
        .link(page, until);
  }
}
