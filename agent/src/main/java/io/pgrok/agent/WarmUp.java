package io.pgrok.agent;

import io.netty.channel.epoll.Epoll;
import io.pgrok.agent.net.ServerTls;
import io.pgrok.protocol.message.MalformedMessageException;
import io.pgrok.protocol.message.Message.Auth;
import io.pgrok.protocol.message.Message.AuthResp;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.MessageJson;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * What a start needs after the command line has been parsed, which takes as long: where there are
 * two cores it is done then, elsewhere nothing is lost. Nothing waits for it, and what fails here
 * fails again where it is reported.
 */
final class WarmUp {

  private WarmUp() {}

  /** Parts of the JDK, which log nothing: their half runs while the logger is made. */
  static void beforeLogging() {
    start(() -> {
      try {
        SSLContext.getInstance("TLS").init(null, new TrustManager[0], null);
        // The certificates of public authorities, which the check of a server's name reads.
        Class.forName("sun.security.util.AnchorCertificates");
      } catch (GeneralSecurityException | ClassNotFoundException _) {
        // Met again where it is needed.
      }
    });
  }

  /** Parts of Netty and the messages of a session's beginning. */
  static void afterLogging() {
    start(() -> {
      Epoll.isAvailable();
      ServerTls.providerName();
      try {
        MessageJson.write(new Auth("", "", "", "", "", "", "", List.of()));
        MessageJson.read(MessageJson.write(new AuthResp("", "", "", "", List.of(), "")));
        MessageJson.write(new ReqTunnel("", "", "", "", "", "", 0));
        MessageJson.read(MessageJson.write(new NewTunnel("", "", "", "")));
      } catch (MalformedMessageException _) {
        // Met again where it is needed.
      }
    });
  }

  private static void start(Runnable part) {
    Thread.ofPlatform().daemon().name("warm-up").start(part);
  }
}
