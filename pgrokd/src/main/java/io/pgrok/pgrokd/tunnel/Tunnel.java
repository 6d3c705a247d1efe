package io.pgrok.pgrokd.tunnel;

import java.time.Instant;
import java.util.List;

/**
 * A public name and who carries its visitors. The registry changes the members; anybody reads them,
 * from any thread.
 */
public final class Tunnel {

  /**
   * One carrier of the tunnel.
   *
   * @param access what it demands of visitors
   */
  public record Member(Carrier carrier, Access access) {}

  private final PublicName name;
  private final String url;
  private final Instant since;
  private volatile List<Member> members;
  private volatile Access access;

  Tunnel(PublicName name, String url, Instant since, Member first) {
    this.name = name;
    this.url = url;
    this.since = since;
    this.members = List.of(first);
    this.access = first.access();
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

  /** In the order of registration; empty once the tunnel is closed. */
  public List<Member> members() {
    return members;
  }

  /**
   * What visitors must fulfil: the rules of the member that registered last, which may have gone.
   * Members belong to one identity, and a rolling update ends with the newer rules.
   */
  public Access access() {
    return access;
  }

  void members(List<Member> members) {
    if (!members.isEmpty()) {
      access = members.getLast().access();
    }
    this.members = List.copyOf(members);
  }
}
