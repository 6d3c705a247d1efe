package io.pgrok.agent.cli;

import io.pgrok.agent.files.FileServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The reference's flags, each with one dash or two, and ours. No flag has a default here: what was
 * not given must not beat the configuration file.
 */
@Command(
    name = "pgrok",
    sortOptions = false,
    usageHelpAutoWidth = true,
    customSynopsis = {
      "pgrok [OPTIONS] <port | host:port | folder>",
      "pgrok [OPTIONS] start <tunnel>...",
      "pgrok [OPTIONS] up [<tunnel>...]",
      "pgrok [OPTIONS] start-all | list | version | completion | help"
    },
    description = "Gives a private service a public URL.",
    footerHeading = "%nCommands:%n",
    footer = {
      "  pgrok 8080                    open a tunnel to port 8080 of this machine",
      "  pgrok ./folder                show the files of a folder",
      "  pgrok start <tunnel>...       open tunnels of the configuration file",
      "  pgrok start-all               open all tunnels of the configuration file",
      "  pgrok up [<tunnel>...]        open tunnels of the project: of the pgrok.yml here or above",
      "  pgrok list                    name the tunnels of the configuration file",
      "  pgrok kube <command>          look at the Tunnels of a Kubernetes cluster; also 'kubectl"
          + " pgrok'",
      "  pgrok version                 print the version",
      "  pgrok completion [<shell>]    print a completion script for bash, zsh or fish: source"
          + " <(pgrok completion)",
      "  pgrok help                    print this",
      "",
      "Examples:",
      "  pgrok -subdomain=shop 8080",
      "  pgrok -proto=tcp 22",
      "  pgrok -hostname=dev.example.com -httpauth=user:password 10.0.0.1:80",
      "  pgrok -config=pgrok.yml -log=stdout start web ssh"
    })
public final class PgrokCommand implements Callable<Integer> {

  @Option(
      names = {"-config", "--config"},
      paramLabel = "<path>",
      description =
          "Configuration file; or a directory in which each *.yml is a session of its own. Default:"
              + " $HOME/.pgrok, when it exists.")
  @Nullable String config;

  @Option(
      names = {"-log", "--log"},
      paramLabel = "<file>",
      description = "Where log lines go: a file, 'stdout' or 'none'. Default: none.")
  @Nullable String log;

  @Option(
      names = {"-log-level", "--log-level"},
      paramLabel = "<level>",
      description = "DEBUG, INFO, WARNING or ERROR. Default: INFO.")
  @Nullable String logLevel;

  @Option(
      names = {"-authtoken", "--authtoken"},
      paramLabel = "<token>",
      description = "Token that the server asks for.")
  @Nullable String authToken;

  @Option(
      names = {"-httpauth", "--httpauth"},
      paramLabel = "<user:password>",
      description = "Basic authentication that visitors must give (HTTP only).")
  @Nullable String httpAuth;

  @Option(
      names = {"-subdomain", "--subdomain"},
      paramLabel = "<label>",
      description = "Name to ask for below the server's domain (HTTP only). Default: any.")
  @Nullable String subdomain;

  @Option(
      names = {"-hostname", "--hostname"},
      paramLabel = "<name>",
      description = "Whole host name to ask for, whose DNS leads to the server (HTTP only).")
  @Nullable String hostname;

  @Option(
      names = {"-proto", "--proto"},
      paramLabel = "<protocols>",
      description = "http, https, http+https, tcp or tls. Default: http+https.")
  @Nullable String proto;

  @Option(
      names = {"-serveraddr", "--serveraddr"},
      paramLabel = "<host:port>",
      description = "The server's tunnel port. Default: localhost:4443.")
  @Nullable String serverAddr;

  @Option(
      names = {"-serverca", "--serverca"},
      paramLabel = "<file>",
      description =
          "PEM file with the only authorities to trust for the server's certificate. Default: the"
              + " system's, and that of a development server of the same user.")
  @Nullable String serverCa;

  @Option(
      names = {"-inspectaddr", "--inspectaddr"},
      paramLabel = "<host:port>",
      description = "Where the inspector listens, or 'disabled'. Default: 127.0.0.1:4040.")
  @Nullable String inspectAddr;

  @Option(
      names = {"-inspectpublic", "--inspectpublic"},
      arity = "0..1",
      description = "Opens a tunnel to the inspector too.")
  @Nullable Boolean inspectPublic;

  @Option(
      names = {"-tls", "--tls"},
      arity = "0..1",
      description = "Of the reference; the link to the server is always TLS here.")
  @Nullable Boolean tls;

  @Option(
      names = {"-tlsClientCrt", "--tlsClientCrt"},
      paramLabel = "<file>",
      description = "PEM file with a client certificate for the server.")
  @Nullable String tlsClientCrt;

  @Option(
      names = {"-tlsClientKey", "--tlsClientKey"},
      paramLabel = "<file>",
      description = "PEM file with the client certificate's key.")
  @Nullable String tlsClientKey;

  @Option(
      names = {"-statusaddr", "--statusaddr"},
      paramLabel = "<[host]:port>",
      description = "Serves status and health there, read-only. Default: nowhere.")
  @Nullable String statusAddr;

  @Option(
      names = {"-json", "--json"},
      description = "Tells what happens as JSON, a line each, and lists as JSON: for scripts.")
  boolean json;

  @Option(
      names = {"-h", "-help", "--help"},
      usageHelp = true,
      description = "Print this.")
  boolean help;

  @Parameters(arity = "0..*", hidden = true)
  List<String> words = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Invocation invocation;
    try {
      invocation = Invocation.of(this);
    } catch (UsageException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
    return switch (invocation) {
      case Invocation.Help _ -> {
        spec.commandLine().usage(spec.commandLine().getOut());
        yield ExitCode.OK;
      }
      case Invocation.Version _ -> {
        spec.commandLine().getOut().println("pgrok " + Version.current());
        yield ExitCode.OK;
      }
      case Invocation.CompletionScript(var shell) -> {
        spec.commandLine().getOut().print(Completion.script(shell, spec));
        spec.commandLine().getOut().flush();
        yield ExitCode.OK;
      }
      case Invocation.ListTunnels list -> {
        TunnelList.lines(list.source().load().tunnels(), json)
            .forEach(spec.commandLine().getOut()::println);
        yield ExitCode.OK;
      }
      case Invocation.Serve serve -> new Run(serve).call();
      case Invocation.ServeFolder(var folder, var serve) -> {
        try (FileServer files = FileServer.start(folder)) {
          yield new Run(serve.apply(files.address())).call();
        }
      }
    };
  }
}
