package io.pgrok.pgrokd.tunnel;

import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.protocol.certificate.ServerCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A public name and who carries its visitors. The registry changes the members; anybody reads them,
 * from any thread.
 */
public final class Tunnel {

  /**
   * One carrier of the tunnel.
   *
   * @param access what it demands of visitors
   * @param certificate what visitors over https are shown; null for the server's own
   */
  public record Member(Carrier carrier, Access access, @Nullable ServerCertificate certificate) {

    /** One whose visitors are shown the server's own certificate. */
    public Member(Carrier carrier, Access access) {
      this(carrier, access, null);
    }
  }

  private final PublicName name;
  private final String url;
  private final Instant since;
  private final Comeback comeback;
  private final AtomicInteger visits = new AtomicInteger();
  private volatile List<Member> members;
  private volatile Member newest;

  /**
   * @param grace how long visitors wait for a private service that has just gone
   */
  Tunnel(PublicName name, String url, Instant since, Duration grace, Member first) {
    this.name = name;
    this.url = url;
    this.since = since;
    this.comeback = new Comeback(grace);
    this.members = List.of(first);
    this.newest = first;
  }

  /** Whether some agent of it answers probes by itself. */
  public boolean answersProbes() {
    return members.stream().anyMatch(member -> member.carrier().answersProbes());
  }

  public PublicName name() {
    return name;
  }

  /** The public URL, as the agents and people know it. */
  public String url() {
    return url;
  }

  /** When its first member registered it. */
  public Instant since() {
    return since;
  }

  /** In the order of registration; empty once the tunnel is closed, or while its agent is away. */
  public List<Member> members() {
    return members;
  }

  /**
   * What visitors must fulfil: the rules of the member that registered last, which may have gone.
   * Members belong to one identity, and a rolling update ends with the newer rules.
   */
  public Access access() {
    return newest.access();
  }

  /**
   * What visitors over https are shown, by the member that registered last; empty for the server's
   * own certificate.
   */
  public Optional<ServerCertificate> certificate() {
    return Optional.ofNullable(newest.certificate());
  }

  /** Whose tunnel it is: of the member that registered last, which may have gone. */
  public Identity identity() {
    return newest.carrier().identity();
  }

  /** The member that registered last, which may have gone. */
  Member newest() {
    return newest;
  }

  /**
   * Whether a visitor may wait for it: agents that share names are replaced by others.
   *
   * @param waited for how long this visitor has waited already
   */
  public boolean mayComeBack(Duration waited) {
    return newest.carrier().shares() && comeback.mayWait(waited);
  }

  /** What visitors wait for. */
  public Comeback comeback() {
    return comeback;
  }

  /**
   * A visit begins.
   *
   * @return false when there are {@code most} already; it is not counted then
   */
  public boolean enter(int most) {
    if (visits.incrementAndGet() > most) {
      visits.decrementAndGet();
      return false;
    }
    return true;
  }

  /** It is over, after {@link #enter} was true. */
  public void leave() {
    visits.decrementAndGet();
  }

  /** Requests and raw connections that are under way. */
  public int visits() {
    return visits.get();
  }

  void members(List<Member> members) {
    boolean joined = members.size() > this.members.size();
    this.members = List.copyOf(members);
    if (!members.isEmpty()) {
      newest = members.getLast();
    }
    if (joined) {
      comeback.joined();
    }
  }
}
