package io.pgrok.pgrokd.auth;

import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.grant.NamePattern;
import io.pgrok.protocol.grant.PortRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code pgrokd token sign}. */
@Command(
    name = "sign",
    description =
        "Prints a signed token: who it names, what it may claim, until when. A limit that is left out"
            + " does not limit.",
    mixinStandardHelpOptions = true)
final class SignCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Whom the token names.")
  private String name = "";

  @Option(
      names = "--key",
      defaultValue = "signing.jwk",
      paramLabel = "FILE",
      description = "The private key, as 'pgrokd token key' makes it. Default: ${DEFAULT-VALUE}")
  private Path key = Path.of("");

  @Option(
      names = "--ttl",
      defaultValue = "24h",
      paramLabel = "TIME",
      converter = Ttl.class,
      description = "How long it is good: 90m, 24h, 30d. Default: ${DEFAULT-VALUE}")
  private Duration ttl = Duration.ofHours(24);

  @Option(
      names = "--subdomain",
      split = ",",
      paramLabel = "PATTERN",
      converter = Pattern.class,
      description = "Subdomains that it may claim, such as pr-*; may be repeated.")
  private @Nullable List<NamePattern> subdomains;

  @Option(
      names = "--hostname",
      split = ",",
      paramLabel = "PATTERN",
      converter = Pattern.class,
      description = "Whole names that it may claim; may be repeated.")
  private @Nullable List<NamePattern> hostnames;

  @Option(
      names = "--tcp-port",
      split = ",",
      paramLabel = "PORTS",
      converter = Ports.class,
      description = "TCP ports that it may claim, such as 7000-7010; may be repeated.")
  private @Nullable List<PortRange> tcpPorts;

  @Option(names = "--max-tunnels", paramLabel = "N", description = "Tunnels at once.")
  private @Nullable Integer maxTunnels;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Visitors at once, over all its tunnels.")
  private @Nullable Integer maxConnections;

  @Option(
      names = "--requests-per-second",
      paramLabel = "N",
      description = "Requests and TCP connections, over all its tunnels.")
  private @Nullable Integer requestsPerSecond;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Grant grant;
    try {
      grant =
          new Grant(subdomains, hostnames, tcpPorts, maxTunnels, maxConnections, requestsPerSecond);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Instant now = Instant.now();
    try {
      SigningKey signing = SigningKey.parse(Files.readString(key));
      spec.commandLine()
          .getOut()
          .println(signing.sign(new Identity(name, grant, now.plus(ttl)), now));
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    } catch (IOException e) {
      spec.commandLine().getErr().println("pgrokd token sign: " + key + ": " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  /** A number and a unit: s, m, h or d. */
  static final class Ttl implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      String lower = text.toLowerCase(Locale.ROOT);
      try {
        Duration parsed = Duration.parse((lower.endsWith("d") ? "P" : "PT") + lower);
        if (parsed.isPositive()) {
          return parsed;
        }
      } catch (DateTimeException e) {
        // Answered below, as a time that is over at once.
      }
      throw new TypeConversionException("'%s' is no time; write 90m, 24h or 30d".formatted(text));
    }
  }

  static final class Pattern implements ITypeConverter<NamePattern> {
    @Override
    public NamePattern convert(String text) {
      try {
        return NamePattern.of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  static final class Ports implements ITypeConverter<PortRange> {
    @Override
    public PortRange convert(String text) {
      try {
        return PortRange.of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
