package io.pgrok.pgrokd.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.pgrokd.tunnel.NoStreamException.Reason;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which member of a tunnel a visitor gets. */
class StreamOpeningTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  /** Gives a stream when the test says so. */
  private static final class Agent implements Carrier {

    private final CompletableFuture<ByteStream> answer = new CompletableFuture<>();
    private volatile boolean asked;

    @Override
    public String id() {
      return "";
    }

    @Override
    public Identity identity() {
      return Identity.ANONYMOUS;
    }

    @Override
    public boolean shares() {
      return true;
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
      return true;
    }

    @Override
    public CompletableFuture<ByteStream> open(StartProxy start, Duration patience) {
      asked = true;
      return answer;
    }
  }

  private final Agent first = new Agent();
  private final Agent second = new Agent();

  private CompletableFuture<StreamOpening.Opened> open(Duration memberPatience) {
    Tunnel tunnel =
        new Tunnel(
            new PublicName.Web(Protocol.HTTP, "a.test"),
            "http://a.test",
            Instant.EPOCH,
            Duration.ZERO,
            new Tunnel.Member(first, Access.OPEN));
    return new StreamOpening(LONG, memberPatience, LONG)
        .open(tunnel, List.of(first, second), "192.0.2.1:1");
  }

  private static ByteStream stream() {
    return (ByteStream)
        Proxy.newProxyInstance(
            ByteStream.class.getClassLoader(),
            new Class<?>[] {ByteStream.class},
            (proxy, method, arguments) ->
                method.getName().equals("equals") ? proxy == arguments[0] : null);
  }

  @Test
  void theNextIsAskedWhenOneGivesNone() {
    CompletableFuture<StreamOpening.Opened> opened = open(LONG);
    assertThat(second.asked).isFalse();
    first.answer.completeExceptionally(new NoStreamException(Reason.GONE));
    ByteStream stream = stream();
    second.answer.complete(stream);
    assertThat(opened).isCompletedWithValue(new StreamOpening.Opened(second, stream));
  }

  @Test
  void oneThatIsSlowStillServesWhenTheNextGivesNone() {
    CompletableFuture<StreamOpening.Opened> opened = open(Duration.ofMillis(1));
    await().until(() -> second.asked);
    ByteStream stream = stream();
    first.answer.complete(stream);
    assertThat(opened).isCompletedWithValue(new StreamOpening.Opened(first, stream));
    assertThat(second.answer).as("for another visitor").isCancelled();
  }

  @Test
  void nobodyIsWaitedForAnyMoreOnceAllHaveFailed() {
    CompletableFuture<StreamOpening.Opened> opened = open(Duration.ofMillis(1));
    await().until(() -> second.asked);
    second.answer.completeExceptionally(new NoStreamException(Reason.BUSY));
    assertThat(opened).isNotDone();
    first.answer.completeExceptionally(new NoStreamException(Reason.TIMEOUT));
    assertThat(opened)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            NoStreamException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
  }

  @Test
  void aVisitorWhoLeavesWaitsForNobody() {
    CompletableFuture<StreamOpening.Opened> opened = open(Duration.ofMillis(1));
    await().until(() -> second.asked);
    opened.cancel(false);
    assertThat(first.answer).isCancelled();
    assertThat(second.answer).isCancelled();
  }
}
