package io.pgrok.agent.cli;

import io.pgrok.agent.Agent;
import io.pgrok.agent.config.DirectorySource;
import io.pgrok.agent.config.SessionSource;
import io.pgrok.agent.net.Network;
import io.pgrok.agent.net.ServerTls;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import io.pgrok.agent.status.StatusServer;
import io.pgrok.agent.view.View;
import java.nio.file.Files;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the agent until the process is told to end. */
final class Run implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  /** In a pod, whose grace period is 30 s. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** On a terminal, where somebody pressed Ctrl-C and waits. */
  private static final Duration TERMINAL_DRAIN = Duration.ofMillis(500);

  private final Invocation.Serve serve;
  private final CountDownLatch ended = new CountDownLatch(1);

  Run(Invocation.Serve serve) {
    this.serve = serve;
  }

  @Override
  public Integer call() throws Exception {
    String fileInspect = null;
    List<String> notices = List.of();
    if (serve.source() instanceof SessionSource session) {
      // What is wrong at the start ends here; later it is reported, and the last good one goes on.
      fileInspect = session.load().inspectAddr();
      notices = session.notices();
    } else {
      // Kept by the source: read here, it takes the time in which the network's libraries load.
      serve.source().read();
    }
    boolean cluster = serve.statusAddr() != null || serve.source() instanceof DirectorySource;
    InspectAddress inspect = InspectAddress.of(serve.inspectAddr(), fileInspect, cluster);
    // A server that moves is found within seconds.
    Security.setProperty("networkaddress.cache.ttl", "5");
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
    boolean terminal = Terminal.isInteractive();
    String log = serve.log() != null ? serve.log() : "none";
    Logging.start(log, serve.logLevel());

    StatusBoard board = new StatusBoard(Version.release());
    Traffic traffic = new Traffic();
    Inspection inspection = new Inspection(inspect, serve.inspectAuth(), notices);
    try (Network network = Network.open();
        Agent agent =
            new Agent(
                serve.source(),
                network,
                board,
                traffic,
                inspection.inspector(),
                terminal ? TERMINAL_DRAIN : DRAIN);
        Inspection _ = inspection.start(agent, board, traffic, network);
        View view = view(log, terminal, board, traffic, inspection)) {
      LOG.info("agent starts version={} tls={}", Version.release(), ServerTls.providerName());
      if (serve.source() instanceof DirectorySource source
          && !Files.isDirectory(source.directory())) {
        String waits = "waiting for the configuration directory " + source.directory();
        System.err.println("pgrok: " + waits);
        LOG.warn(waits);
      }
      agent.start();
      // While the sessions connect.
      if (serve.statusAddr() != null) {
        StatusServer status = StatusServer.start(board, network, serve.statusAddr());
        LOG.info("status served address={}", status.address());
      }
      inspection.publish(agent);
      Thread hook = onSignal(agent, view);
      ended.await();
      hook.join();
    }
    return ExitCode.OK;
  }

  private View view(
      String log, boolean terminal, StatusBoard board, Traffic traffic, Inspection inspection) {
    if (serve.json()) {
      return View.json(board, inspection.notices(), System.out);
    }
    if (log.equals("stdout")) {
      inspection.notices().forEach(LOG::info);
      return View.none();
    }
    return terminal
        ? View.live(
            board,
            traffic,
            inspection.inspector().captures(),
            inspection::notices,
            Version.release(),
            System.out)
        : View.lines(board, inspection.notices(), System.out);
  }

  /** The terminal is given back at once, and then the visitors have some time to go. */
  private static Thread onSignal(Agent agent, View view) {
    Thread hook =
        new Thread(
            () -> {
              view.close();
              agent.close();
            },
            "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }
}
