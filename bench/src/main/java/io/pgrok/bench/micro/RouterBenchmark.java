package io.pgrok.bench.micro;

import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.pgrokd.router.Router;
import io.pgrok.pgrokd.tunnel.Access;
import io.pgrok.pgrokd.tunnel.Carrier;
import io.pgrok.pgrokd.tunnel.LocalRegistry;
import io.pgrok.pgrokd.tunnel.NoStreamException;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.PublicName;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.pgrokd.tunnel.TunnelRegistry;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a Host to its tunnel, among many. */
@State(Scope.Thread)
public class RouterBenchmark {

  @Param({"10", "10000"})
  private int tunnels;

  private final TunnelRegistry registry = new LocalRegistry(Clock.systemUTC(), Duration.ZERO);
  private final Router router = new Router(registry);

  @Setup
  public void register() throws RefusedException {
    Tunnel.Member agent = new Tunnel.Member(new Nowhere(), Access.OPEN);
    for (int i = 0; i < tunnels; i++) {
      String host = "t" + i + ".tunnels.example.com";
      registry.claim(
          List.of(
              new TunnelRegistry.Claim(new PublicName.Web(Protocol.HTTP, host), "http://" + host)),
          agent);
    }
  }

  @Benchmark
  public Tunnel route() {
    return router.route(Protocol.HTTP, "T7.tunnels.example.com:8080").orElseThrow();
  }

  @Benchmark
  public Optional<Tunnel> unknown() {
    return router.route(Protocol.HTTP, "nobody.tunnels.example.com");
  }

  /** Holds names and carries nobody. */
  private record Nowhere() implements Carrier {
    @Override
    public String id() {
      return "nowhere";
    }

    @Override
    public Identity identity() {
      return Identity.ANONYMOUS;
    }

    @Override
    public boolean shares() {
      return false;
    }

    @Override
    public Duration silence() {
      return Duration.ZERO;
    }

    @Override
    public boolean isAlive() {
      return true;
    }

    @Override
    public boolean answersProbes() {
      return false;
    }

    @Override
    public CompletableFuture<ByteStream> open(StartProxy start, Duration patience) {
      return CompletableFuture.failedFuture(new NoStreamException(NoStreamException.Reason.GONE));
    }
  }
}
