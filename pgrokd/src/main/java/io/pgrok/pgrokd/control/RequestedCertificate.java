package io.pgrok.pgrokd.control;

import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.protocol.certificate.ServerCertificate;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.ShownCertificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The certificate of a ReqTunnel, understood. One that visitors would not take is refused. */
final class RequestedCertificate {

  private RequestedCertificate() {}

  /**
   * @param host of the tunnel; null when the server is to choose it
   * @return null for the server's own
   * @throws RefusedException with a sentence for the person who asked
   */
  static @Nullable ServerCertificate of(
      ReqTunnel request, List<Protocol> protocols, @Nullable String host) throws RefusedException {
    ShownCertificate shown = request.certificate();
    if (shown == null) {
      return null;
    }
    if (!protocols.contains(Protocol.HTTPS)) {
      throw new RefusedException("Certificate works for https only: leave it out.");
    }
    if (host == null) {
      throw new RefusedException("Certificate needs a name that it is for: ask for a Hostname.");
    }
    ServerCertificate certificate = parse(shown);
    if (!certificate.names().cover(host)) {
      throw new RefusedException(
          "Certificate: it is not for %s, but for %s."
              .formatted(host, RefusedException.printable(certificate.names().text())));
    }
    return certificate;
  }

  private static ServerCertificate parse(ShownCertificate shown) throws RefusedException {
    try {
      return ServerCertificate.parse(shown.chain(), shown.key());
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          "Certificate: %s.".formatted(RefusedException.printable(String.valueOf(e.getMessage()))));
    }
  }
}
