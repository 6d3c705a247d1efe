package io.pgrok.pgrokd;

import io.pgrok.pgrokd.auth.TokenCommand;
import io.pgrok.pgrokd.config.Logging;
import io.pgrok.pgrokd.config.Options;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.kubernetes.CheckCommand;
import io.pgrok.pgrokd.kubernetes.InitSecretCommand;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code pgrokd}: parses the command line, starts the server, stops it on SIGTERM or SIGINT. */
@Command(
    name = "pgrokd",
    description = "The public server of pgrok: visitors in, tunnels out.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = {TokenCommand.class, InitSecretCommand.class, CheckCommand.class},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped by a signal",
      "1:could not start; the message says why",
      "2:the command line is wrong"
    })
public final class Main implements Callable<Integer> {

  @Mixin private Options options = new Options();

  /** The entry point. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    // -httpAddr is one name, not -h with an argument.
    return new CommandLine(new Main()).setPosixClusteredShortOptionsAllowed(false);
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
      System.err.println("pgrokd: " + e.getMessage());
      return ExitCode.SOFTWARE;
    } finally {
      stopped.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
