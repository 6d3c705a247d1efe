package io.pgrok.pgrokd.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.pgrokd.tunnel.TunnelRegistry.Claim;
import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LocalRegistryTest {

  private static final Claim HTTP = claim(Protocol.HTTP);
  private static final Claim HTTPS = claim(Protocol.HTTPS);
  private static final Identity ALICE = new Identity("alice", Grant.UNLIMITED, null);
  private static final Identity BOB = new Identity("bob", Grant.UNLIMITED, null);

  private final LocalRegistry registry =
      new LocalRegistry(Clock.systemUTC(), Duration.ofSeconds(10));

  private static Claim claim(Protocol protocol) {
    return new Claim(new PublicName.Web(protocol, "a.test"), protocol.wireName() + "://a.test");
  }

  private record Agent(
      String id,
      Identity identity,
      boolean shares,
      boolean isAlive,
      Duration silence,
      boolean hasStreamAtRest)
      implements Carrier {
    Agent(String id, Identity identity, boolean shares) {
      this(id, identity, shares, true, Duration.ZERO, false);
    }

    @Override
    public @Nullable ByteStream reuse(String url, String visitor, Duration rested) {
      return hasStreamAtRest
          ? (ByteStream)
              Proxy.newProxyInstance(
                  ByteStream.class.getClassLoader(),
                  new Class<?>[] {ByteStream.class},
                  (_, _, _) -> null)
          : null;
    }

    @Override
    public boolean answersProbes() {
      return true;
    }

    @Override
    public CompletableFuture<ByteStream> open(StartProxy start, Duration patience) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    Tunnel.Member member() {
      return new Tunnel.Member(this, Access.OPEN);
    }
  }

  @Test
  void namesOfOneRequestAreTakenTogetherOrNotAtAll() throws Exception {
    registry.claim(List.of(HTTP), new Agent("1", ALICE, false).member());
    assertThatThrownBy(
            () -> registry.claim(List.of(HTTPS, HTTP), new Agent("2", BOB, false).member()))
        .hasMessage("The tunnel http://a.test is already registered.");
    assertThat(registry.find(HTTPS.name())).isEmpty();
    assertThat(registry.tunnels()).hasSize(1);
  }

  @Test
  void aNameIsFreeWhenItsLastMemberHasLeft() throws Exception {
    Agent one = new Agent("1", ALICE, true);
    Agent two = new Agent("2", ALICE, true);
    Tunnel tunnel = registry.claim(List.of(HTTP), one.member()).getFirst();
    assertThat(registry.claim(List.of(HTTP), two.member())).containsExactly(tunnel);
    registry.release(tunnel, one, false);
    registry.release(tunnel, one, false);
    assertThat(registry.find(HTTP.name())).contains(tunnel);
    registry.release(tunnel, two, false);
    assertThat(registry.find(HTTP.name())).isEmpty();
    assertThat(tunnel.members()).isEmpty();
  }

  @Test
  void aLateReleaseDoesNotTouchTheNextTunnelOfTheName() throws Exception {
    Agent one = new Agent("1", ALICE, false);
    Tunnel old = registry.claim(List.of(HTTP), one.member()).getFirst();
    registry.release(old, one, false);
    Tunnel next = registry.claim(List.of(HTTP), new Agent("2", BOB, false).member()).getFirst();
    registry.release(old, one, false);
    assertThat(registry.find(HTTP.name())).contains(next);
  }

  @Test
  void onlySharingSessionsOfOneKnownIdentityShare() throws Exception {
    registry.claim(List.of(HTTP), new Agent("1", ALICE, true).member());
    for (Agent other :
        List.of(
            new Agent("2", ALICE, false),
            new Agent("3", BOB, true),
            new Agent("4", Identity.ANONYMOUS, true))) {
      assertThatThrownBy(() -> registry.claim(List.of(HTTP), other.member()))
          .isInstanceOf(RefusedException.class);
    }
    registry.claim(List.of(HTTPS), new Agent("5", Identity.ANONYMOUS, true).member());
    assertThatThrownBy(
            () -> registry.claim(List.of(HTTPS), new Agent("6", Identity.ANONYMOUS, true).member()))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void theNewestMembersRulesCount() throws Exception {
    registry.claim(List.of(HTTP), new Agent("1", ALICE, true).member());
    BasicAuth auth = BasicAuth.of("user:pass");
    Access access = new Access(auth, null, 0, null);
    Tunnel tunnel =
        registry
            .claim(List.of(HTTP), new Tunnel.Member(new Agent("2", ALICE, true), access))
            .getFirst();
    assertThat(tunnel.access()).isEqualTo(access);
    assertThat(auth.admits("basic dXNlcjpwYXNz")).isTrue();
    assertThat(auth.admits("Bearer dXNlcjpwYXNz")).isFalse();
    assertThat(auth.admits(null)).isFalse();
  }

  @Test
  void quietMembersAreAskedLastAndDeadOnesNotAtAll() throws Exception {
    Agent quiet = new Agent("quiet", ALICE, true, true, Duration.ofSeconds(5), false);
    Agent dead = new Agent("dead", ALICE, true, false, Duration.ZERO, false);
    Agent live = new Agent("live", ALICE, true, true, Duration.ofSeconds(1), false);
    Tunnel tunnel = registry.claim(List.of(HTTP), quiet.member()).getFirst();
    registry.claim(List.of(HTTP), dead.member());
    registry.claim(List.of(HTTP), live.member());
    StreamOpening opening =
        new StreamOpening(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(4));
    for (int seed = 0; seed < 10; seed++) {
      assertThat(opening.order(tunnel, new Random(seed))).containsExactly(live, quiet);
    }
  }

  @Test
  void aStreamAtRestIsTakenOfTheMemberThatWasDrawnAndOfNoOther() throws Exception {
    Agent resting = new Agent("1", ALICE, true, true, Duration.ZERO, true);
    Agent other = new Agent("2", ALICE, true);
    Tunnel tunnel = registry.claim(List.of(HTTP), resting.member()).getFirst();
    StreamOpening opening =
        new StreamOpening(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(4));
    Duration any = Duration.ofHours(1);
    assertThat(opening.reuse(tunnel, List.of(resting, other), "192.0.2.1:1", any))
        .isNotNull()
        .returns(resting, StreamOpening.Opened::carrier);
    assertThat(opening.reuse(tunnel, List.of(other, resting), "192.0.2.1:1", any)).isNull();
    assertThat(opening.reuse(tunnel, List.of(), "192.0.2.1:1", any)).isNull();
    assertThat(opening.order(tunnel, Set.of(resting))).isEmpty();
  }
}
