package io.pgrok.pgrokd.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.protocol.grant.Grant;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LimitTest {

  private static final Identity CI = new Identity("ci", Grant.UNLIMITED, null);
  private static final String ADDRESS = "192.0.2.1";

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @Test
  void anAddressGetsWhatItMayHaveAndAgainWhatItGaveBack() {
    AddressCount count = new AddressCount(2);
    assertThat(count.enter(address("192.0.2.1"))).isTrue();
    assertThat(count.enter(address("192.0.2.1"))).isTrue();
    assertThat(count.enter(address("192.0.2.1"))).isFalse();
    assertThat(count.enter(address("192.0.2.2"))).isTrue();
    count.leave(address("192.0.2.1"));
    assertThat(count.enter(address("192.0.2.1"))).isTrue();
  }

  @Test
  void aNetworkOf64BitsIsOneAddress() {
    AddressCount count = new AddressCount(1);
    assertThat(count.enter(address("2001:db8:0:1::1"))).isTrue();
    assertThat(count.enter(address("2001:db8:0:1:ffff::9"))).isFalse();
    assertThat(count.enter(address("2001:db8:0:2::1"))).isTrue();
  }

  @Test
  void addressesThatHaveNothingAreForgotten() {
    AddressCount count = new AddressCount(1);
    count.enter(address("192.0.2.1"));
    count.enter(address("192.0.2.1"));
    count.leave(address("192.0.2.1"));
    assertThat(count.size()).isZero();
  }

  @Test
  void aRateAllowsASecondsWorthAtOnceAndThenItsPace() {
    long start = Long.MAX_VALUE - 5; // nanoTime may overflow
    Rate rate = new Rate(start);
    for (int i = 0; i < 10; i++) {
      assertThat(rate.take(10, start)).isZero();
    }
    long wait = rate.take(10, start);
    assertThat(wait).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    assertThat(rate.take(10, start + wait - 1)).isEqualTo(1);
    assertThat(rate.take(10, start + wait)).isZero();
    assertThat(rate.take(10, start + wait)).isPositive();
  }

  @Test
  void aRateOfOneASecondIsPossible() {
    Rate rate = new Rate(0);
    assertThat(rate.take(1, 0)).isZero();
    assertThat(rate.take(1, 0)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(rate.take(1, TimeUnit.SECONDS.toNanos(1))).isZero();
  }

  @Test
  void aSharedTunnelCountsOnceUntilItsLastHolderLetsItGo() {
    Quota quota = new Quotas().join(CI, ADDRESS, 5).orElseThrow();
    assertThat(quota.hold(List.of("a"), 1)).isTrue();
    assertThat(quota.hold(List.of("a"), 1)).isTrue();
    assertThat(quota.hold(List.of("b"), 1)).isFalse();
    quota.drop("a");
    assertThat(quota.hold(List.of("b"), 1)).isFalse();
    quota.drop("a");
    assertThat(quota.hold(List.of("b"), 1)).isTrue();
    assertThat(quota.tunnels()).isEqualTo(1);
  }

  @Test
  void sessionsOfANameShareOneQuota() {
    Quotas quotas = new Quotas();
    Quota first = quotas.join(CI, ADDRESS, 2).orElseThrow();
    assertThat(quotas.join(CI, "192.0.2.9", 2)).containsSame(first);
    assertThat(quotas.join(CI, ADDRESS, 2)).isEmpty();
    assertThat(quotas.find(CI)).containsSame(first);
    quotas.leave(CI, ADDRESS);
    assertThat(quotas.join(CI, ADDRESS, 2)).containsSame(first);
  }

  @Test
  void onAnOpenServerAnAddressStandsForTheName() {
    Quotas quotas = new Quotas();
    Quota one = quotas.join(Identity.ANONYMOUS, ADDRESS, 1).orElseThrow();
    assertThat(quotas.join(Identity.ANONYMOUS, ADDRESS, 1)).isEmpty();
    assertThat(quotas.join(Identity.ANONYMOUS, "192.0.2.2", 1).orElseThrow()).isNotSameAs(one);
    assertThat(quotas.find(Identity.ANONYMOUS)).isEmpty();
  }

  @Test
  void aNameIsForgottenWhenNothingOfItIsLeft() {
    Quotas quotas = new Quotas();
    Quota quota = quotas.join(CI, ADDRESS, 1).orElseThrow();
    quota.enter(1);
    quotas.leave(CI, ADDRESS);
    quotas.forgetIdle();
    assertThat(quotas.size()).isEqualTo(1);
    quota.leave();
    quotas.forgetIdle();
    assertThat(quotas.size()).isZero();
  }

  @Test
  void reconnectingGivesNobodyAFreshRate() {
    Quotas quotas = new Quotas();
    assertThat(quotas.join(CI, ADDRESS, 1).orElseThrow().take(1)).isZero();
    quotas.leave(CI, ADDRESS);
    quotas.forgetIdle();
    assertThat(quotas.join(CI, ADDRESS, 1).orElseThrow().take(1)).isPositive();
  }
}
