package io.pgrok.agent;

import io.netty.channel.epoll.Epoll;
import io.pgrok.agent.cli.PgrokCommandLine;
import io.pgrok.agent.net.ServerTls;
import io.pgrok.protocol.message.Message.Ping;
import io.pgrok.protocol.message.MessageJson;
import org.slf4j.LoggerFactory;

/** Entry point of {@code pgrok}. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    // Before a second thread asks for it: whoever comes while it is made gets a stand-in.
    LoggerFactory.getILoggerFactory();
    Thread.ofPlatform().daemon().name("warm-up").start(Main::warmUp);
    System.exit(PgrokCommandLine.execute(args));
  }

  /**
   * What a start needs after the command line has been parsed, which takes as long: where there are
   * two cores it is done then. Nothing waits for it, and what fails here fails again where it is
   * reported.
   */
  private static void warmUp() {
    Epoll.isAvailable();
    ServerTls.providerName();
    MessageJson.write(new Ping());
  }
}
