package io.pgrok.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.PathRoutes;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Protocol;
import io.pgrok.agent.config.TunnelSpec;
import io.pgrok.agent.config.Upstream;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.CloseTunnel;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.ShownCertificate;
import io.pgrok.protocol.message.VisitorRules;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TunnelsTest {

  private final Tunnels tunnels = new Tunnels(new SplittableRandom(7));

  @Test
  void asksForEachProtocolByItself() {
    tunnels.configure(List.of(tunnel("web", 80, Protocol.HTTP, Protocol.HTTPS)), 0);

    List<ReqTunnel> asked = asked(0);

    assertThat(asked).extracting(ReqTunnel::protocol).containsExactly("http", "https");
    assertThat(asked).extracting(ReqTunnel::subdomain).containsOnly("web");
    assertThat(asked).extracting(ReqTunnel::category).containsOnly("web");
    assertThat(tunnels.due(0)).isEmpty();
  }

  @Test
  void aRefusedProtocolLeavesTheOtherOnlineAndIsTriedAgain() {
    tunnels.configure(List.of(tunnel("web", 80, Protocol.HTTP, Protocol.HTTPS)), 0);
    List<ReqTunnel> asked = asked(0);
    grant(asked.get(0), "http://web.test");
    refuse(asked.get(1), "Not listening for https connections", 0);

    assertThat(report())
        .containsExactly(
            new AgentStatus.Tunnel(
                "web",
                null,
                TunnelState.ONLINE,
                List.of("http://web.test"),
                "Not listening for https connections"));
    assertThat(tunnels.due(seconds(0.5))).isEmpty();
    assertThat(asked(seconds(1))).extracting(ReqTunnel::protocol).containsExactly("https");
  }

  @Test
  void aRefusedTunnelDoesNotEndTheOthersAndIsAskedForLessAndLessOften() {
    tunnels.configure(
        List.of(tunnel("taken", 80, Protocol.HTTP), tunnel("free", 81, Protocol.HTTP)), 0);
    List<ReqTunnel> asked = asked(0);
    refuse(asked.get(0), "The tunnel is already registered.", 0);
    grant(asked.get(1), "http://free.test");

    assertThat(report())
        .extracting(AgentStatus.Tunnel::state)
        .containsExactly(TunnelState.REFUSED, TunnelState.ONLINE);

    long now = 0;
    for (double wait : new double[] {1, 2, 4, 8, 16, 30, 30}) {
      assertThat(tunnels.nextDue(now) - now).isBetween(seconds(wait * 0.75), seconds(wait));
      now += seconds(wait);
      refuse(asked(now).getFirst(), "The tunnel is already registered.", now);
    }
  }

  @Test
  void whatTheServerRefusesToAllIsAskedForByOneUntilItIsGranted() {
    tunnels.configure(
        List.of(
            tunnel("a", 80, Protocol.HTTPS),
            tunnel("b", 81, Protocol.HTTPS),
            tunnel("c", 82, Protocol.HTTPS),
            tunnel("d", 83, Protocol.HTTP)),
        0);
    asked(0).forEach(request -> refuse(request, "This server does not listen for https.", 0));

    List<ReqTunnel> scout = asked(seconds(1));
    assertThat(scout).extracting(ReqTunnel::protocol).containsExactlyInAnyOrder("https", "http");
    scout.forEach(r -> refuse(r, "This server does not listen for https.", seconds(1)));
    List<ReqTunnel> next = asked(seconds(3));
    assertThat(next).extracting(ReqTunnel::protocol).containsExactlyInAnyOrder("https", "http");
    Set<String> waiting = new TreeSet<>(Set.of("a", "b", "c"));
    next.forEach(request -> waiting.remove(request.category()));

    tunnels.configure(
        List.of(
            tunnel("a", 80, Protocol.HTTPS),
            tunnel("b", 81, Protocol.HTTPS),
            tunnel("c", 82, Protocol.HTTPS),
            tunnel("new", 84, Protocol.HTTPS)),
        seconds(3));
    List<ReqTunnel> once = asked(seconds(3));
    assertThat(once).as("each is asked for once").extracting(ReqTunnel::category).contains("new");
    grant(once.getFirst(), "https://new.test");

    assertThat(asked(seconds(3)))
        .extracting(ReqTunnel::category)
        .containsExactlyElementsOf(waiting);
  }

  @Test
  void oneOfThousandsThatAreRefusedTheSameAsksEachSecondAndEachHasItsTurn() {
    tunnels.configure(
        IntStream.range(0, 100).mapToObj(i -> tunnel("t" + i, 80, Protocol.HTTPS)).toList(), 0);
    asked(0).forEach(request -> refuse(request, "This server does not listen for https.", 0));

    Set<String> scouts = new HashSet<>();
    long now = seconds(1);
    for (int i = 0; i < 100; i++) {
      List<ReqTunnel> asked = asked(now);
      assertThat(asked).hasSize(1);
      scouts.add(asked.getFirst().category());
      refuse(asked.getFirst(), "This server does not listen for https.", now);
      assertThat(asked(now)).isEmpty();
      assertThat(tunnels.nextDue(now) - now).isEqualTo(seconds(1));
      now += seconds(1);
    }
    assertThat(scouts).hasSize(100);
  }

  @Test
  void thousandsAreAskedForAsTheServerAnswers() {
    tunnels.configure(
        IntStream.range(0, 1000).mapToObj(i -> tunnel("t" + i, 80, Protocol.HTTP)).toList(), 0);

    List<ReqTunnel> first = asked(0);
    assertThat(first).hasSize(Tunnels.UNANSWERED);
    assertThat(asked(0)).isEmpty();
    assertThat(tunnels.nextDue(0)).isEqualTo(Long.MAX_VALUE);

    first.subList(0, 10).forEach(r -> grant(r, "http://" + r.category() + ".test"));
    assertThat(tunnels.nextDue(0)).isZero();
    assertThat(asked(0))
        .extracting(ReqTunnel::category)
        .containsExactly(
            "t256", "t257", "t258", "t259", "t260", "t261", "t262", "t263", "t264", "t265");
  }

  @Test
  void whatIsRefusedAgainWithTheSameWordsIsNoNews() {
    tunnels.configure(List.of(tunnel("web", 80, Protocol.HTTP)), 0);

    assertThat(answer(asked(0), "taken", 0)).isEqualTo("web");
    assertThat(answer(asked(seconds(1)), "taken", seconds(1))).isNull();
    assertThat(answer(asked(seconds(3)), "not yours", seconds(3))).isEqualTo("web");
  }

  private @Nullable String answer(List<ReqTunnel> asked, String error, long now) {
    return tunnels.answered(new NewTunnel(asked.getFirst().reqId(), "", "", error), now);
  }

  @Test
  void whatWasRefusedComesAfterTheOthersInTheNextSession() {
    tunnels.configure(
        List.of(tunnel("taken", 80, Protocol.HTTP), tunnel("free", 81, Protocol.HTTP)), 0);
    refuse(asked(0).getFirst(), "The tunnel is already registered.", 0);
    tunnels.disconnected(seconds(0.1));

    assertThat(asked(seconds(0.3))).extracting(ReqTunnel::subdomain).containsExactly("free");
    assertThat(asked(seconds(1))).extracting(ReqTunnel::subdomain).containsExactly("taken");
  }

  @Test
  void aRefusalWithoutIdBelongsToTheOldestRequestAsTheReferenceAnswersInOrder() {
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP), tunnel("b", 81, Protocol.HTTP)), 0);
    List<ReqTunnel> asked = asked(0);
    grant(asked.get(0), "http://a.test");

    assertThat(tunnels.answered(new NewTunnel("", "", "", "taken"), 0)).isEqualTo("b");
    assertThat(report())
        .extracting(AgentStatus.Tunnel::state)
        .containsExactly(TunnelState.ONLINE, TunnelState.REFUSED);
  }

  @Test
  void anAnswerThatNobodyAskedForIsIgnored() {
    assertThat(tunnels.answered(new NewTunnel("x", "http://x.test", "http", ""), 0)).isNull();
    assertThat(tunnels.route("http://x.test")).isNull();
  }

  @Test
  void theSecondProtocolGetsTheNameThatTheServerChoseForTheFirst() {
    tunnels.configure(List.of(open("default", Protocol.HTTP, Protocol.HTTPS)), 0);
    List<ReqTunnel> first = asked(0);
    assertThat(first).extracting(ReqTunnel::protocol).containsExactly("http");

    grant(first.getFirst(), "http://5f3a.test:8080");

    assertThat(asked(0))
        .singleElement()
        .satisfies(https -> {
          assertThat(https.protocol()).isEqualTo("https");
          assertThat(https.subdomain()).isEqualTo("5f3a");
        });
  }

  @Test
  void chosenNamesAndPortsAreAskedForAgainAfterALoss() {
    tunnels.configure(List.of(open("web", Protocol.HTTP), open("ssh", Protocol.TCP)), 0);
    List<ReqTunnel> first = asked(0);
    grant(first.get(0), "http://5f3a.test");
    grant(first.get(1), "tcp://test:4001");

    tunnels.disconnected(0);

    assertThat(report())
        .extracting(AgentStatus.Tunnel::state)
        .containsOnly(TunnelState.REGISTERING);
    List<ReqTunnel> again = asked(0);
    assertThat(again.get(0).subdomain()).isEqualTo("5f3a");
    assertThat(again.get(1).remotePort()).isEqualTo(4001);
  }

  @Test
  void aChosenPortThatStaysRefusedIsGivenUp() {
    tunnels.configure(List.of(open("ssh", Protocol.TCP)), 0);
    grant(asked(0).getFirst(), "tcp://test:4001");
    tunnels.disconnected(0);

    long now = 0;
    for (int i = 0; i < 6; i++) {
      ReqTunnel request = asked(now).getFirst();
      assertThat(request.remotePort()).isEqualTo(4001);
      refuse(request, "port taken", now);
      now += seconds(60);
    }
    assertThat(asked(now).getFirst().remotePort()).isZero();
  }

  @Test
  void aRemovedTunnelIsClosedAloneAndItsVisitorsFindNothing() {
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP), tunnel("b", 81, Protocol.HTTP)), 0);
    asked(0).forEach(request -> grant(request, "http://" + request.category() + ".test"));

    tunnels.configure(List.of(tunnel("b", 81, Protocol.HTTP)), 0);

    assertThat(tunnels.mustClose()).isTrue();
    assertThat(tunnels.due(0)).containsExactly(new CloseTunnel("http://a.test"));
    assertThat(tunnels.route("http://a.test")).isNull();
    assertThat(tunnels.route("http://b.test").target())
        .isEqualTo(PrivateAddress.plain(new HostPort("127.0.0.1", 81)));
  }

  @Test
  void aTunnelRemovedBeforeItsAnswerIsClosedWhenTheAnswerComes() {
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP)), 0);
    ReqTunnel asked = asked(0).getFirst();
    tunnels.configure(List.of(), 0);

    grant(asked, "http://a.test");

    assertThat(tunnels.due(0)).containsExactly(new CloseTunnel("http://a.test"));
    assertThat(tunnels.route("http://a.test")).isNull();
  }

  @Test
  void anotherPrivateAddressOrRevisionNeedsNoMessage() {
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP)), 0);
    grant(asked(0).getFirst(), "http://a.test");

    TunnelSpec moved =
        new TunnelSpec(
            "a",
            "8",
            "a",
            "",
            "",
            0,
            new TreeMap<>(
                java.util.Map.of(
                    Protocol.HTTP, PrivateAddress.plain(new HostPort("127.0.0.1", 99)))));
    tunnels.configure(List.of(moved), 0);

    assertThat(tunnels.due(0)).isEmpty();
    assertThat(tunnels.route("http://a.test").target().at().port()).isEqualTo(99);
    assertThat(report().getFirst().revision()).isEqualTo("8");
  }

  @Test
  void otherDemandsOfTheSameNameMakeVisitorsWaitInsteadOfClosingIt() {
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP)), 0);
    grant(asked(0).getFirst(), "http://a.test");

    tunnels.configure(List.of(locked("a", "user:password")), 0);

    List<Message> due = tunnels.due(0);
    assertThat(due.get(0)).isEqualTo(new CloseTunnel("http://a.test", true));
    assertThat(due.get(1))
        .isInstanceOfSatisfying(
            ReqTunnel.class, request -> assertThat(request.httpAuth()).isEqualTo("user:password"));
    assertThat(tunnels.route("http://a.test")).isNotNull();

    tunnels.configure(List.of(), 0);
    assertThat(tunnels.route("http://a.test")).isNull();
  }

  @Test
  void demandsThatChangeBeforeTheAnswerAreAskedForAfterIt() {
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP)), 0);
    ReqTunnel first = asked(0).getFirst();
    tunnels.configure(List.of(locked("a", "user:password")), 0);
    assertThat(tunnels.due(0)).isEmpty();
    assertThat(tunnels.nextDue(0)).isEqualTo(Long.MAX_VALUE);

    grant(first, "http://a.test");

    List<Message> due = tunnels.due(0);
    assertThat(due.get(0)).isEqualTo(new CloseTunnel("http://a.test", true));
    assertThat(due.get(1)).isInstanceOf(ReqTunnel.class);
    assertThat(tunnels.route("http://a.test")).isNotNull();
  }

  @Test
  void aCertificateIsShownForHttpsOnlyAndWhereTheServerCan() {
    tunnels.configure(List.of(certified("a", new ShownCertificate("chain", "key"))), 0);
    List<ReqTunnel> asked = asked(0);
    assertThat(asked).extracting(ReqTunnel::protocol).containsExactly("http");
    assertThat(asked.getFirst().certificate()).isNull();
    grant(asked.getFirst(), "http://a.test");
    assertThat(report().getFirst().error()).contains("cannot show a tunnel's own certificate");

    tunnels.disconnected(0);
    tunnels.connected(Set.of(Extension.CERTIFICATE));

    assertThat(asked(0))
        .extracting(ReqTunnel::certificate)
        .containsExactly(null, new ShownCertificate("chain", "key"));
  }

  @Test
  void anotherCertificateIsAnotherRequestForHttpsAlone() {
    tunnels.connected(Set.of(Extension.CERTIFICATE));
    tunnels.configure(List.of(certified("a", new ShownCertificate("chain", "key"))), 0);
    List<ReqTunnel> asked = asked(0);
    grant(asked.get(0), "http://a.test");
    grant(asked.get(1), "https://a.test");

    tunnels.configure(List.of(certified("a", new ShownCertificate("renewed", "key"))), 0);

    List<Message> due = tunnels.due(0);
    assertThat(due).hasSize(2);
    assertThat(due.get(0)).isEqualTo(new CloseTunnel("https://a.test", true));
    assertThat(due.get(1))
        .isInstanceOfSatisfying(
            ReqTunnel.class,
            request ->
                assertThat(request.certificate())
                    .isEqualTo(new ShownCertificate("renewed", "key")));
  }

  @Test
  void anotherNameIsAskedForAfterTheOldOneWasClosed() {
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP)), 0);
    grant(asked(0).getFirst(), "http://a.test");

    TunnelSpec renamed =
        new TunnelSpec("a", null, "other", "", "", 0, tunnel("a", 80, Protocol.HTTP).targets());
    tunnels.configure(List.of(renamed), 0);

    List<Message> due = tunnels.due(0);
    assertThat(due.get(0)).isEqualTo(new CloseTunnel("http://a.test"));
    assertThat(due.get(1))
        .isInstanceOfSatisfying(
            ReqTunnel.class, request -> assertThat(request.subdomain()).isEqualTo("other"));
  }

  @Test
  void closingAllStillRoutesVisitorsWhoAreOnTheirWay() {
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP)), 0);
    grant(asked(0).getFirst(), "http://a.test");

    tunnels.close(false);

    assertThat(tunnels.due(0)).containsExactly(new CloseTunnel("http://a.test"));
    assertThat(tunnels.route("http://a.test")).isNotNull();
  }

  @Test
  void rulesAreSentWhereTheServerEnforcesThem() {
    tunnels.configure(List.of(ruled("a", Protocol.HTTP, Protocol.TCP)), 0);
    tunnels.connected(Set.of(Extension.RULES));

    List<ReqTunnel> asked = asked(0);

    assertThat(asked.get(0).rules()).isEqualTo(RULES);
    assertThat(asked.get(1).rules()).isEqualTo(new VisitorRules(RULES.allowedCidrs(), false, ""));
  }

  @Test
  void aTunnelWithRulesIsNotAskedForWhereTheyWouldBeLost() {
    tunnels.configure(List.of(ruled("a", Protocol.HTTP), tunnel("b", 80, Protocol.HTTP)), 0);
    tunnels.connected(Set.of(Extension.CLOSE));

    assertThat(asked(0)).extracting(ReqTunnel::category).containsExactly("b");

    assertThat(report().getFirst().state()).isEqualTo(TunnelState.REFUSED);
    assertThat(report().getFirst().error()).contains("allow_cidrs", "newer pgrokd");
    assertThat(tunnels.nextDue(0)).isGreaterThan(seconds(1));
    tunnels.disconnected(0);
    tunnels.connected(Set.of(Extension.RULES));
    assertThat(asked(0)).extracting(ReqTunnel::category).containsExactly("a", "b");
  }

  @Test
  void changedRulesAreAskedForAnew() {
    tunnels.connected(Set.of(Extension.RULES));
    tunnels.configure(List.of(tunnel("a", 80, Protocol.HTTP)), 0);
    grant(asked(0).getFirst(), "http://a.test");

    tunnels.configure(List.of(ruled("a", Protocol.HTTP)), 0);

    List<Message> due = tunnels.due(0);
    assertThat(due.get(0)).isEqualTo(new CloseTunnel("http://a.test", true));
    assertThat(due.get(1))
        .isInstanceOfSatisfying(
            ReqTunnel.class, request -> assertThat(request.rules()).isEqualTo(RULES));
  }

  private static final VisitorRules RULES =
      new VisitorRules(
          List.of("10.0.0.0/8"), false, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");

  private static TunnelSpec ruled(String name, Protocol... protocols) {
    return new TunnelSpec(
        name,
        null,
        name,
        "",
        "",
        0,
        RULES,
        targets(80, protocols),
        Upstream.PLAIN,
        null,
        PathRoutes.NONE,
        null);
  }

  private static TunnelSpec certified(String name, ShownCertificate certificate) {
    return new TunnelSpec(
        name,
        null,
        name,
        "",
        "",
        0,
        null,
        targets(80, Protocol.HTTP, Protocol.HTTPS),
        Upstream.PLAIN,
        null,
        PathRoutes.NONE,
        certificate);
  }

  private static TunnelSpec locked(String name, String auth) {
    return new TunnelSpec(name, null, name, "", auth, 0, targets(80, Protocol.HTTP));
  }

  private List<ReqTunnel> asked(long now) {
    return tunnels.due(now).stream().map(ReqTunnel.class::cast).toList();
  }

  private void grant(ReqTunnel request, String url) {
    tunnels.answered(new NewTunnel(request.reqId(), url, request.protocol(), ""), 0);
  }

  private void refuse(ReqTunnel request, String error, long now) {
    tunnels.answered(new NewTunnel(request.reqId(), "", "", error), now);
  }

  private List<AgentStatus.Tunnel> report() {
    return Report.of(tunnels.standings(0));
  }

  private static TunnelSpec tunnel(String name, int port, Protocol... protocols) {
    return new TunnelSpec(name, null, name, "", "", 0, targets(port, protocols));
  }

  private static TunnelSpec open(String name, Protocol... protocols) {
    return new TunnelSpec(name, null, "", "", "", 0, targets(80, protocols));
  }

  private static TreeMap<Protocol, PrivateAddress> targets(int port, Protocol... protocols) {
    TreeMap<Protocol, PrivateAddress> targets = new TreeMap<>();
    Arrays.stream(protocols)
        .forEach(p -> targets.put(p, PrivateAddress.plain(new HostPort("127.0.0.1", port))));
    return targets;
  }

  private static long seconds(double seconds) {
    return (long) (seconds * Duration.ofSeconds(1).toNanos());
  }
}
