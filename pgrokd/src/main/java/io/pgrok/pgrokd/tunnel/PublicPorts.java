package io.pgrok.pgrokd.tunnel;

import java.util.concurrent.CompletableFuture;

/** Opens TCP ports for visitors. Thread-safe. */
public interface PublicPorts {

  /** A port that is open; visitors wait in its backlog until it serves a tunnel. */
  interface PublicPort {
    /** 1 to 65535. */
    int number();

    /** Begins to accept visitors. */
    void serve(Tunnel tunnel);

    /** Stops to accept; visitors that are there stay. */
    void close();
  }

  /**
   * @param port 0 for any that is free
   * @return completes on any thread; exceptionally with a {@link RefusedException}
   */
  CompletableFuture<PublicPort> open(int port);
}
