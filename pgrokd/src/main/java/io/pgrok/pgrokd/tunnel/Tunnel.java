package io.pgrok.pgrokd.tunnel;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A public name and who carries its visitors. The registry changes the members; anybody reads them,
 * from any thread.
 */
public final class Tunnel {

  /**
   * One carrier of the tunnel.
   *
   * @param auth what it asks of visitors, null for nothing
   */
  public record Member(Carrier carrier, @Nullable BasicAuth auth) {}

  private final PublicName name;
  private final String url;
  private final Instant since;
  private volatile List<Member> members;

  Tunnel(PublicName name, String url, Instant since, Member first) {
    this.name = name;
    this.url = url;
    this.since = since;
    this.members = List.of(first);
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
   * What visitors must give: the rule of the member that registered last. Members belong to one
   * identity, and a rolling update ends with the newer rule.
   */
  public Optional<BasicAuth> auth() {
    List<Member> now = members;
    return now.isEmpty() ? Optional.empty() : Optional.ofNullable(now.getLast().auth());
  }

  void members(List<Member> members) {
    this.members = List.copyOf(members);
  }
}
