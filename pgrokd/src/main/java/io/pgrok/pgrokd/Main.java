package io.pgrok.pgrokd;

import io.pgrok.pgrokd.auth.TokenCommand;
import io.pgrok.pgrokd.config.Logging;
import io.pgrok.pgrokd.config.Options;
import io.pgrok.pgrokd.config.Settings;
import io.pgrok.pgrokd.config.SettingsFile;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.kubernetes.CheckCommand;
import io.pgrok.pgrokd.kubernetes.InitSecretCommand;
import io.pgrok.pgrokd.listener.Transport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pgrokd}: parses the command line, starts the server, stops it on SIGTERM or SIGINT. */
@Command(
    name = "pgrokd",
    description = "The public server of pgrok: visitors in, tunnels out.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped by a signal",
      "1:could not start; the message says why",
      "2:the command line is wrong"
    })
public final class Main implements Callable<Integer> {

  @Mixin private Options options = new Options();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** The entry point. */
  public static void main(String[] args) {
    System.exit(run(System.getenv(), new PrintWriter(System.err, true), args));
  }

  /**
   * @param err where errors go
   * @return the exit code
   */
  static int run(Map<String, String> environment, PrintWriter err, String... args) {
    CommandLine commandLine = (onlyValues(args) ? server() : commandLine()).setErr(err);
    try {
      // For subcommands, and until the options are known: libraries would log at DEBUG otherwise.
      Logging.configure("stdout", "INFO");
      // Native libraries load while the command line is parsed, where there are two cores.
      Thread.ofPlatform().daemon().name("warm-up").start(Transport::sslProvider);
      Settings settings = settings(environment, commandLine, args);
      // Of this command, and not of its subcommands, whose options have other meanings.
      commandLine.getCommandSpec().defaultValueProvider(settings);
      commandLine.setParameterExceptionHandler((e, arguments) -> {
        err.println("pgrokd: " + settings.located(String.valueOf(e.getMessage())));
        err.println("Try 'pgrokd --help'.");
        return ExitCode.USAGE;
      });
      return commandLine.execute(args);
    } catch (StartupException e) {
      err.println("pgrokd: " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private static Settings settings(
      Map<String, String> environment, CommandLine commandLine, String... args)
      throws StartupException {
    ConfigOption option = new ConfigOption();
    new CommandLine(option).setUnmatchedArgumentsAllowed(true).parseArgs(args);
    String file =
        option.config != null
            ? option.config
            : environment.getOrDefault(Settings.variable("config"), "");
    if (file.isEmpty()) {
      return new Settings(environment, SettingsFile.NONE);
    }
    List<String> known =
        commandLine.getCommandSpec().options().stream().map(Settings::name).toList();
    return new Settings(environment, SettingsFile.read(Path.of(file), known));
  }

  /** Read before all others: it says where their values are. */
  @Command
  private static final class ConfigOption {
    @Option(names = {"-config", "--config"})
    private @Nullable String config;
  }

  /** The server and its subcommands. */
  static CommandLine commandLine() {
    return server()
        .addSubcommand(TokenCommand.class)
        .addSubcommand(InitSecretCommand.class)
        .addSubcommand(CheckCommand.class)
        .setPosixClusteredShortOptionsAllowed(false);
  }

  private static CommandLine server() {
    // -httpAddr is one name, not -h with an argument.
    return new CommandLine(new Main()).setPosixClusteredShortOptionsAllowed(false);
  }

  /**
   * No subcommand, nor a call for help that would list them: picocli spends a tenth of a start on
   * them.
   */
  private static boolean onlyValues(String... args) {
    return Arrays.stream(args).allMatch(arg -> arg.startsWith("-") && arg.contains("="));
  }

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    try {
      Logging.configure(options.log(), options.logLevel());
      try (Server server = Server.start(options.toConfig(System.getenv()))) {
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      stop.countDown();
                      await(stopped);
                    },
                    "shutdown"));
        stop.await();
      }
      return ExitCode.OK;
    } catch (StartupException e) {
      spec.commandLine().getErr().println("pgrokd: " + located(String.valueOf(e.getMessage())));
      return ExitCode.SOFTWARE;
    } finally {
      stopped.countDown();
    }
  }

  private String located(String message) {
    return spec.defaultValueProvider() instanceof Settings settings
        ? settings.located(message)
        : message;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
