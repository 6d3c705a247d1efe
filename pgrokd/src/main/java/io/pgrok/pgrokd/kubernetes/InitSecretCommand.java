package io.pgrok.pgrokd.kubernetes;

import io.pgrok.protocol.certificate.ServerNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgrokd init-secret}; see the package for what it is good for. */
@Command(
    name = "init-secret",
    description =
        "Runs in the chart's init container: makes the token and the certificate once, keeps them in"
            + " a Secret, and writes the files that the server reads.",
    mixinStandardHelpOptions = true)
public final class InitSecretCommand implements Callable<Integer> {
  @Option(
      names = "--domain",
      required = true,
      paramLabel = "NAME",
      description = "Domain below which tunnels get their names.")
  private String domain = "";

  @Option(
      names = "--address",
      required = true,
      paramLabel = "HOST:PORT",
      converter = HostAndPort.Converter.class,
      description = "The tunnel listener as agents of this cluster reach it.")
  @SuppressWarnings("NullAway.Init") // required, so set by picocli before call()
  private HostAndPort address;

  @Option(
      names = "--secret",
      required = true,
      paramLabel = "NAME",
      description = "Secret that keeps token, signing key, authority and certificate.")
  private String secret = "";

  @Option(
      names = "--accepted-secret",
      required = true,
      paramLabel = "NAME",
      description =
          "Secret that tells the server whom to let in: hashes of tokens, and public keys.")
  private String acceptedSecret = "";

  @Option(
      names = "--connection-secret",
      required = true,
      paramLabel = "NAME",
      description = "Secret that tells an operator in this namespace how to connect.")
  private String connectionSecret = "";

  @Option(
      names = "--owner-deployment",
      required = true,
      paramLabel = "NAME",
      description = "Deployment with which the Secrets go.")
  private String deployment = "";

  @Option(
      names = "--directory",
      required = true,
      paramLabel = "DIR",
      description = "Where to write tls.crt, tls.key, tokens.yml and jwks.json.")
  private Path directory = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Further DNS name or IP address for the certificate; may be repeated.")
  private List<String> moreNames = new ArrayList<>();

  @Option(
      names = "--tls-directory",
      paramLabel = "DIR",
      description =
          "A certificate is given there: make none. Its ca.crt, if any, is what agents trust.")
  private @Nullable Path tlsDirectory;

  @Option(
      names = "--new-signing-key",
      description =
          "Sign with another key from now on; tokens of the ones before stay good until they end.")
  private boolean newSigningKey;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The token is given there: make none.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Namespace of the Secrets. Default: the pod's.")
  private @Nullable String namespace;

  @Option(
      names = "--service-account",
      paramLabel = "DIR",
      defaultValue = ServiceAccount.MOUNT,
      description = "The ServiceAccount's mounted token. Default: ${DEFAULT-VALUE}")
  private Path serviceAccount = Path.of(ServiceAccount.MOUNT);

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "How long to ask again while the API server is unavailable. Default: ${DEFAULT-VALUE}")
  private int patience;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private CommandSpec spec;

  private final Map<String, String> environment;
  private final Clock clock;
  private final Retry.Pause pause;

  public InitSecretCommand() {
    this(System.getenv(), Clock.systemUTC(), Thread::sleep);
  }

  InitSecretCommand(Map<String, String> environment, Clock clock, Retry.Pause pause) {
    this.environment = environment;
    this.clock = clock;
    this.pause = pause;
  }

  /** Exit code 0 when the Secrets and the files are there, 1 with a sentence otherwise. */
  @Override
  public Integer call() throws InterruptedException {
    ServerNames names = names();
    try {
      ServiceAccount account = ServiceAccount.of(environment, serviceAccount);
      Retry retry = new Retry(Duration.ofSeconds(patience), pause);
      Given given = Given.read(tlsDirectory, tokenFile);
      try (ApiServer api = new ApiServer(account, retry)) {
        new InitSecret(api, account.namespace(namespace), clock.instant())
            .run(
                new InitSecret.Plan(
                    domain,
                    address.toString(),
                    names,
                    given,
                    deployment,
                    secret,
                    acceptedSecret,
                    connectionSecret,
                    newSigningKey,
                    directory));
      }
      return 0;
    } catch (ApiServerException | IOException e) {
      spec.commandLine().getErr().println("pgrokd init-secret: " + e.getMessage());
      return 1;
    }
  }

  private ServerNames names() {
    List<String> more = new ArrayList<>(moreNames);
    more.add(address.host());
    try {
      return ServerNames.of(domain, more);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--domain, --address, --name: " + e.getMessage(), e);
    }
  }
}
