package io.pgrok.pgrokd.tunnel;

/** What a visitor addresses. Two tunnels never hold the same. */
public sealed interface PublicName {

  Protocol protocol();

  /**
   * A name below HTTP, HTTPS or TLS.
   *
   * @param protocol one that {@link Protocol#isNamed}
   * @param host lower case, without port and trailing dot
   */
  record Web(Protocol protocol, String host) implements PublicName {
    public Web {
      if (!protocol.isNamed()) {
        throw new IllegalArgumentException("protocol must be HTTP, HTTPS or TLS");
      }
    }
  }

  /**
   * A TCP port of the server.
   *
   * @param port 1 to 65535
   */
  record Port(int port) implements PublicName {
    public Port {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port must be between 1 and 65535, not " + port);
      }
    }

    @Override
    public Protocol protocol() {
      return Protocol.TCP;
    }
  }
}
