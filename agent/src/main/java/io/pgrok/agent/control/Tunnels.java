package io.pgrok.agent.control;

import io.pgrok.agent.config.Protocol;
import io.pgrok.agent.config.TunnelSpec;
import io.pgrok.agent.config.TunnelSpec.Binding;
import io.pgrok.agent.control.Registration.Asked;
import io.pgrok.agent.control.Registration.Online;
import io.pgrok.agent.control.Registration.Wanted;
import io.pgrok.agent.proxy.LastVisit;
import io.pgrok.agent.proxy.Route;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.CloseTunnel;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tunnels of a session: what the configuration wants, what the server has granted, and which
 * messages bring the two together. Each protocol of a tunnel is asked for by itself, so that a
 * server without an HTTPS listener still grants the HTTP one.
 *
 * <pre>
 *            ask                 NewTunnel
 *   Wanted ───────▶ Asked ───────────────────▶ Online
 *     ▲               │ refused: later again     │ connection lost, request changed
 *     └───────────────┴──────────────────────────┘
 * </pre>
 *
 * Confined to the session's thread, except {@link #route}.
 */
final class Tunnels {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration RETRY_LIMIT = Duration.ofSeconds(30);

  /** What the server refuses to all tunnels of a protocol is asked for by one so often at most. */
  private static final Duration SCOUTING = Duration.ofSeconds(1);

  /** A name or port that the server chose is asked for again so often before another may do. */
  private static final int KEEP_NAME_REFUSALS = 6;

  /**
   * Requests without an answer at a time: a server need not hold thousands of answers for an agent
   * that is still asking.
   */
  static final int UNANSWERED = 256;

  private static final String NO_RULES =
      "this server cannot enforce allow_cidrs, redirect_https or share_key, so that the tunnel"
          + " stays closed: use a newer pgrokd, or remove 'visitors' from the tunnel";

  private static final String NO_TLS =
      "this server does not know the protocol tls: use a newer pgrokd, or tcp";

  private static final String NO_CERTIFICATE =
      "this server cannot show a tunnel's own certificate, so that its https stays closed: use a"
          + " newer pgrokd, or remove 'certificate' from the tunnel";

  private static final Logger LOG = LoggerFactory.getLogger(Tunnels.class);

  private final RandomGenerator random;
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final Deque<Slot> unanswered = new ArrayDeque<>();
  private final Deque<CloseTunnel> toClose = new ArrayDeque<>();
  private final Map<Protocol, Closed> closed = new EnumMap<>(Protocol.class);
  private final Map<Protocol, Long> nextScout = new EnumMap<>(Protocol.class);
  private final Map<String, AssignedName> assigned = new HashMap<>();
  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  private final Map<String, LastVisit> lastVisits = new HashMap<>();
  private List<TunnelSpec> specs = List.of();
  private Set<String> granted = Set.of();

  Tunnels(RandomGenerator random) {
    this.random = random;
  }

  /** The server chose it; it is kept over reconnects. */
  private record AssignedName(String subdomain, int port) {}

  /**
   * What the server said last to tunnels of a protocol of which it has none: it may not serve the
   * protocol at all.
   *
   * @param tunnels that heard it
   */
  private record Closed(String error, Set<String> tunnels) {

    /** Fewer may each have a reason of their own. */
    private static final int ENOUGH = 3;

    boolean isForAll() {
      return tunnels.size() >= ENOUGH;
    }
  }

  /** One protocol of a tunnel. */
  private static final class Slot {
    private Binding binding;
    private Registration registration;
    private boolean abandoned;

    Slot(Binding binding, Registration registration) {
      this.binding = binding;
      this.registration = registration;
    }

    String name() {
      return binding.tunnel().name();
    }
  }

  /** Takes a new version of the configuration. Tunnels that did not change stay as they are. */
  void configure(List<TunnelSpec> wanted, long now) {
    Map<String, Slot> before = new LinkedHashMap<>(slots);
    slots.clear();
    for (TunnelSpec tunnel : wanted) {
      for (Binding binding : tunnel.bindings()) {
        String key = key(binding);
        Slot slot = before.remove(key);
        if (slot != null && slot.binding.sameRequest(binding)) {
          slot.binding = binding;
          if (slot.registration instanceof Online(String url)) {
            routes.put(url, route(binding));
          }
        } else {
          if (slot != null && slot.binding.sameName(binding)) {
            leave(slot, true);
          } else if (slot != null) {
            abandon(slot);
          }
          slot = new Slot(binding, new Wanted(now, 0, ""));
        }
        slots.put(key, slot);
      }
    }
    before.values().forEach(this::abandon);
    specs = List.copyOf(wanted);
    Set<String> names = wanted.stream().map(TunnelSpec::name).collect(Collectors.toSet());
    assigned.keySet().retainAll(names);
    lastVisits.keySet().retainAll(names);
    routes.values().removeIf(route -> !names.contains(route.tunnel()));
  }

  private void abandon(Slot slot) {
    slot.abandoned = true;
    if (slot.registration instanceof Online(String url)) {
      toClose.add(new CloseTunnel(url));
      routes.remove(url);
    }
  }

  /** There is a session again, with these extensions. */
  void connected(Set<String> extensions) {
    granted = Set.copyOf(extensions);
  }

  /** Whether some tunnel is registered that nobody wants any more. */
  boolean mustClose() {
    return !toClose.isEmpty();
  }

  /** Whether the server has answered for each of them, one way or the other. */
  boolean answered() {
    return slots.values().stream()
        .allMatch(slot ->
            slot.registration instanceof Online
                || (slot.registration instanceof Wanted wanted && !wanted.error().isEmpty()));
  }

  /** The messages that are due: closes first, since a request may want the same name. */
  List<Message> due(long now) {
    List<Message> messages = new ArrayList<>();
    while (!toClose.isEmpty()) {
      messages.add(toClose.remove());
    }
    List<Slot> abandoned = abandonedUnanswered();
    Set<Slot> scouts = scouts(now);
    for (Slot slot : slots.values()) {
      if (unanswered.size() >= UNANSWERED) {
        break;
      }
      if (slot.registration instanceof Wanted wanted
          && now - wanted.notBefore() >= 0
          && !waitsForName(slot)
          && !waitsForAnswer(slot, abandoned)) {
        if (isRefusedToAll(slot, wanted)) {
          if (!scouts.contains(slot)) {
            continue;
          }
          nextScout.put(slot.binding.protocol(), now + SCOUTING.toNanos());
        }
        String missing = missing(slot.binding);
        if (missing != null) {
          slot.registration = withheld(slot, wanted, missing, now);
          continue;
        }
        Asked asked =
            new Asked(Long.toHexString(random.nextLong()), wanted.refusals(), wanted.error());
        slot.registration = asked;
        unanswered.add(slot);
        messages.add(request(slot.binding, asked.reqId()));
      }
    }
    return messages;
  }

  /** What the server cannot do of what the tunnel needs: it is not asked then. Null for nothing. */
  private @Nullable String missing(Binding binding) {
    if (binding.rules() != null && !granted.contains(Extension.RULES)) {
      return NO_RULES;
    }
    if (binding.certificate() != null && !granted.contains(Extension.CERTIFICATE)) {
      return NO_CERTIFICATE;
    }
    return binding.protocol() == Protocol.TLS && !granted.contains(Extension.TLS) ? NO_TLS : null;
  }

  private static Wanted withheld(Slot slot, Wanted wanted, String why, long now) {
    if (!wanted.error().equals(why)) {
      LOG.warn("tunnel withheld tunnel={} error=\"{}\"", slot.name(), why);
    }
    return new Wanted(now + RETRY_LIMIT.toNanos(), wanted.refusals(), why);
  }

  /** Whether a sibling is about to learn the name that this protocol shall have too. */
  private boolean waitsForName(Slot slot) {
    if (!slot.binding.tunnel().nameIsOpen() || assigned.containsKey(slot.name())) {
      return false;
    }
    return slots.values().stream()
        .takeWhile(sibling -> sibling != slot)
        .anyMatch(sibling ->
            sibling.name().equals(slot.name())
                && sibling.binding.protocol().isNamed()
                && sibling.registration instanceof Asked);
  }

  /** Whether the server has yet to say what it makes of an earlier request for the name. */
  private static boolean waitsForAnswer(Slot slot, List<Slot> abandonedUnanswered) {
    return abandonedUnanswered.stream().anyMatch(before -> before.binding.sameName(slot.binding));
  }

  private List<Slot> abandonedUnanswered() {
    return unanswered.stream().filter(slot -> slot.abandoned).toList();
  }

  /** Whether the server said the same to others of the protocol: then one asks for all of them. */
  private boolean isRefusedToAll(Slot slot, Wanted wanted) {
    Closed protocol = closed.get(slot.binding.protocol());
    return protocol != null
        && protocol.isForAll()
        && wanted.refusals() > 0
        && protocol.error().equals(wanted.error());
  }

  /** Who asks now for all that are refused the same: of each protocol who has waited longest. */
  private Set<Slot> scouts(long now) {
    if (closed.isEmpty()) {
      return Set.of();
    }
    Map<Protocol, Slot> scouts = new EnumMap<>(Protocol.class);
    for (Slot slot : slots.values()) {
      if (slot.registration instanceof Wanted wanted
          && isRefusedToAll(slot, wanted)
          && now - notBefore(slot, wanted) >= 0) {
        scouts.merge(slot.binding.protocol(), slot, Tunnels::longerDue);
      }
    }
    return Set.copyOf(scouts.values());
  }

  private static Slot longerDue(Slot a, Slot b) {
    return a.registration instanceof Wanted first
            && b.registration instanceof Wanted second
            && second.notBefore() - first.notBefore() < 0
        ? b
        : a;
  }

  private long notBefore(Slot slot, Wanted wanted) {
    Long scout = nextScout.get(slot.binding.protocol());
    return scout != null && scout - wanted.notBefore() > 0 && isRefusedToAll(slot, wanted)
        ? scout
        : wanted.notBefore();
  }

  /** Whether some request has no answer yet. */
  boolean awaitsAnswers() {
    return !unanswered.isEmpty();
  }

  private ReqTunnel request(Binding binding, String reqId) {
    TunnelSpec tunnel = binding.tunnel();
    AssignedName name = assigned.getOrDefault(tunnel.name(), new AssignedName("", 0));
    boolean tcp = binding.protocol() == Protocol.TCP;
    return new ReqTunnel(
        tunnel.name(),
        reqId,
        binding.protocol().wireName(),
        tunnel.hostname(),
        tunnel.nameIsOpen() && !tcp ? name.subdomain() : tunnel.subdomain(),
        tunnel.auth(),
        tcp && tunnel.remotePort() == 0 ? name.port() : tunnel.remotePort(),
        binding.rules(),
        binding.certificate());
  }

  /**
   * The server answered.
   *
   * @return the tunnel's name, for the log; null when nobody asked, or the same was answered before
   */
  @Nullable String answered(NewTunnel answer, long now) {
    Slot slot = takeAsked(answer.reqId());
    if (slot == null || !(slot.registration instanceof Asked asked)) {
      return null;
    }
    if (answer.error().isEmpty()) {
      registered(slot, answer.url());
      served(slot.binding.protocol(), now);
      return slot.name();
    }
    refused(slot, asked, answer.error(), now);
    return answer.error().equals(asked.error()) ? null : slot.name();
  }

  /** Those who waited for one to ask for all need not wait any more. */
  private void served(Protocol protocol, long now) {
    Closed before = closed.remove(protocol);
    if (before == null || !before.isForAll()) {
      return;
    }
    for (Slot slot : slots.values()) {
      if (slot.binding.protocol() == protocol
          && slot.registration instanceof Wanted wanted
          && wanted.error().equals(before.error())) {
        slot.registration = wanted.notBefore(now);
      }
    }
  }

  /** Answers come in the order of the requests; the reference leaves the id out of a refusal. */
  private @Nullable Slot takeAsked(String reqId) {
    if (reqId.isEmpty()) {
      return unanswered.poll();
    }
    for (Slot slot : unanswered) {
      if (slot.registration instanceof Asked asked && asked.reqId().equals(reqId)) {
        unanswered.remove(slot);
        return slot;
      }
    }
    return null;
  }

  private void registered(Slot slot, String url) {
    slot.registration = new Online(url);
    if (slot.abandoned) {
      Slot next = slots.get(key(slot.binding));
      if (next != null && next.binding.sameName(slot.binding)) {
        routes.put(url, route(next.binding));
        toClose.add(new CloseTunnel(url, true));
      } else {
        toClose.add(new CloseTunnel(url));
      }
      return;
    }
    routes.put(url, route(slot.binding));
    remember(slot.binding, url);
  }

  private void remember(Binding binding, String url) {
    AssignedName known = assigned.getOrDefault(binding.tunnel().name(), new AssignedName("", 0));
    if (binding.protocol() == Protocol.TCP) {
      if (binding.tunnel().remotePort() == 0) {
        assigned.put(
            binding.tunnel().name(), new AssignedName(known.subdomain(), PublicUrl.port(url)));
      }
    } else if (binding.tunnel().nameIsOpen()) {
      assigned.put(
          binding.tunnel().name(), new AssignedName(PublicUrl.firstLabel(url), known.port()));
    }
  }

  private void refused(Slot slot, Asked asked, String error, long now) {
    int refusals = asked.refusals() + 1;
    if (refusals % KEEP_NAME_REFUSALS == 0 && !isOnline(slot.name())) {
      assigned.remove(slot.name());
    }
    Duration full = refusals > 5 ? RETRY_LIMIT : FIRST_RETRY.multipliedBy(1L << (refusals - 1));
    long delay = (long) (full.toNanos() * (1 - random.nextDouble() / 4));
    slot.registration = new Wanted(now + delay, refusals, error);
    Protocol protocol = slot.binding.protocol();
    Closed known = closed.get(protocol);
    if (known == null || !known.error().equals(error)) {
      known = new Closed(error, new HashSet<>());
      closed.put(protocol, known);
    }
    if (!known.isForAll()) {
      known.tunnels().add(slot.name());
    }
  }

  private boolean isOnline(String tunnel) {
    return slots.values().stream()
        .anyMatch(slot -> slot.name().equals(tunnel) && slot.registration instanceof Online);
  }

  /** The control connection is gone: everything has to be asked for again. */
  void disconnected(long now) {
    routes.clear();
    leave(now);
  }

  /**
   * The next session begins while the server of this one still sends visitors: everything has to be
   * asked for again, but the ways to the private services stay. What was refused keeps its time:
   * the reference ends a session whose first tunnel it refuses, which takes the others along unless
   * they come first the next time.
   */
  void leave(long now) {
    unanswered.clear();
    toClose.clear();
    for (Slot slot : slots.values()) {
      slot.registration =
          switch (slot.registration) {
            case Wanted wanted when wanted.refusals() > 0 -> wanted;
            case Wanted wanted -> new Wanted(now, 0, wanted.error());
            case Asked _, Online _ -> new Wanted(now, 0, "");
          };
    }
  }

  /**
   * Closes all of them.
   *
   * @param returns whether another agent may be about to open them
   */
  void close(boolean returns) {
    slots.values().forEach(slot -> leave(slot, returns));
    slots.clear();
  }

  /**
   * Closes it, and visitors on their way still find the private service.
   *
   * @param returns whether the name is about to be opened again, which visitors of a shared one
   *     wait for: here with other demands, or by another agent
   */
  private void leave(Slot slot, boolean returns) {
    slot.abandoned = true;
    if (slot.registration instanceof Online(String url)) {
      toClose.add(new CloseTunnel(url, returns));
    }
  }

  /** When {@link #due} is worth another look; {@link Long#MAX_VALUE} for never. */
  long nextDue(long now) {
    if (unanswered.size() >= UNANSWERED) {
      return Long.MAX_VALUE;
    }
    long soonest = Long.MAX_VALUE;
    List<Slot> abandoned = abandonedUnanswered();
    for (Slot slot : slots.values()) {
      if (slot.registration instanceof Wanted wanted
          && !waitsForName(slot)
          && !waitsForAnswer(slot, abandoned)) {
        soonest = Math.min(soonest, Math.max(0, notBefore(slot, wanted) - now));
      }
    }
    return soonest == Long.MAX_VALUE ? Long.MAX_VALUE : now + soonest;
  }

  /** Where a visitor of the URL goes; null when there is no such tunnel (any more). Any thread. */
  @Nullable Route route(String url) {
    return routes.get(url);
  }

  /** Whether a visit is to be told that was not. */
  boolean isVisitNews(long nowMillis) {
    return lastVisits.values().stream().anyMatch(visit -> visit.isNews(nowMillis));
  }

  private LastVisit lastVisit(TunnelSpec tunnel) {
    return lastVisits.computeIfAbsent(tunnel.name(), _ -> new LastVisit());
  }

  /** In the order of the configuration: each tunnel with its protocols' registrations. */
  List<Standing> standings(long nowMillis) {
    List<Standing> standings = new ArrayList<>(specs.size());
    for (TunnelSpec spec : specs) {
      List<Registration> registrations = new ArrayList<>();
      for (Binding binding : spec.bindings()) {
        Slot slot = slots.get(key(binding));
        if (slot != null) {
          registrations.add(slot.registration);
        }
      }
      standings.add(new Standing(spec, registrations, lastVisit(spec).told(nowMillis)));
    }
    return standings;
  }

  /**
   * One tunnel and how its protocols stand.
   *
   * @param lastVisit in milliseconds since the epoch; null for never
   */
  record Standing(TunnelSpec tunnel, List<Registration> registrations, @Nullable Long lastVisit) {}

  private static String key(Binding binding) {
    return binding.protocol().wireName() + " " + binding.tunnel().name();
  }

  private Route route(Binding binding) {
    TunnelSpec tunnel = binding.tunnel();
    return new Route(
        tunnel.name(),
        binding.protocol(),
        binding.target(),
        tunnel.routes(),
        tunnel.upstream(),
        tunnel.inspect(),
        lastVisit(tunnel));
  }
}
