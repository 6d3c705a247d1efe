package io.pgrok.e2e.quickstart;

import io.pgrok.e2e.Repository;
import io.pgrok.e2e.cluster.Choice;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The quickstart's command line. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = "Shows pgrok on a real Kubernetes, from nothing to a page behind a public URL.",
    footer = {
      "",
      "Without Docker and without PGROK_CLUSTER it starts a local single-node Kubernetes, which",
      "needs Linux, root and some Debian packages (installed when missing). The first run builds",
      "Kubernetes, which takes 10 to 20 minutes; later runs take one or two."
    })
public final class Main implements Callable<Integer> {

  private static final String CLUSTER_NAME = "pgrok";

  @Option(
      names = "--no-cluster",
      description = "pgrokd, the agent and a sample service as plain processes on this machine.")
  private boolean noCluster;

  @Option(
      names = "--once",
      description = "With --no-cluster: stop after the page was fetched, rather than at Ctrl+C.")
  private boolean once;

  private final Repository repository = Repository.ofCurrentFolder();
  private final Console console = new Console(System.out, InstantSource.system());

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main())
            .setExecutionExceptionHandler((failure, line, parsed) -> {
              line.getErr().println("\nquickstart: " + failure.getMessage());
              return 1;
            })
            .execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (noCluster) {
      new NoCluster(repository, console).run(once);
      return 0;
    }
    return switch (choice()) {
      case Choice.None(var why) -> failed(why);
      case Choice.Found(var cluster) -> {
        new Up(repository, cluster, console).run();
        yield 0;
      }
    };
  }

  @Command(
      description = "Removes every process, mount, namespace and file that the quickstart made.")
  int down() {
    return switch (choice()) {
      case Choice.None(var why) -> failed(why);
      case Choice.Found(var cluster) -> {
        new Down(repository, cluster, console).run();
        yield 0;
      }
    };
  }

  private Choice choice() {
    return Choice.of(repository, CLUSTER_NAME, System.getenv());
  }

  private static int failed(String why) {
    System.err.println("quickstart: " + why);
    return 1;
  }
}
