package io.pgrok.pgrokd.control;

import io.pgrok.pgrokd.tunnel.Affinity;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.grant.PortRange;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * What an agent gets that left the choice to us: what it had before, when that is free, or
 * something at random.
 */
final class RandomNames {

  /** Attempts at a free random subdomain; the reference's number. */
  private static final int ATTEMPTS = 5;

  /** Ports of a token's ranges that are tried. */
  private static final int MAX_PORTS = 64;

  private final SecureRandom random = new SecureRandom();
  private final Affinity affinity;

  RandomNames(Affinity affinity) {
    this.affinity = affinity;
  }

  /**
   * Subdomains to try in turn.
   *
   * @throws RefusedException when the token allows certain subdomains only
   */
  List<String> subdomains(Session.Terms terms, ReqTunnel request) throws RefusedException {
    Grant grant = terms.identity().grant();
    if (grant.subdomains() != null) {
      throw new RefusedException(
          "Your token allows certain subdomains only: ask for one that matches %s."
              .formatted(grant.subdomains()));
    }
    List<String> candidates = new ArrayList<>();
    affinity.recall(keys(terms, request)).ifPresent(candidates::add);
    while (candidates.size() < ATTEMPTS) {
      candidates.add("%08x".formatted(random.nextInt()));
    }
    return candidates;
  }

  /** Ports to try in turn; 0 stands for any that is free. */
  Queue<Integer> ports(Session.Terms terms, ReqTunnel request, Registrar.Rules rules) {
    Grant grant = terms.identity().grant();
    Queue<Integer> candidates = new ArrayDeque<>();
    affinity
        .recall(keys(terms, request))
        .map(Integer::valueOf)
        .filter(port -> grant.allowsTcpPort(port) && rules.allowTcpPort(port))
        .ifPresent(candidates::add);
    if (grant.tcpPorts() != null) {
      candidates.addAll(some(grant.tcpPorts(), rules));
    } else if (rules.tcpPorts() != null) {
      candidates.addAll(some(rules.tcpPorts(), rules));
    } else {
      candidates.add(0);
    }
    return candidates;
  }

  private List<Integer> some(List<PortRange> ranges, Registrar.Rules rules) {
    List<Integer> all =
        new ArrayList<>(
            ranges.stream()
                .flatMapToInt(range -> IntStream.rangeClosed(range.first(), range.last()))
                .filter(rules::allowTcpPort)
                .boxed()
                .toList());
    Collections.shuffle(all, random);
    return all.subList(0, Math.min(all.size(), MAX_PORTS));
  }

  void remember(Session.Terms terms, ReqTunnel request, String value) {
    affinity.remember(keys(terms, request), value);
  }

  /** By ClientId first; by address for an agent that starts anew. */
  private static List<Affinity.Key> keys(Session.Terms terms, ReqTunnel request) {
    String identity = terms.identity().name();
    String tunnel = request.protocol() + " " + request.category();
    List<Affinity.Key> keys = new ArrayList<>();
    keys.add(new Affinity.Key(identity, terms.id(), tunnel));
    if (!terms.previousId().isEmpty()) {
      keys.add(new Affinity.Key(identity, terms.previousId(), tunnel));
    }
    keys.add(new Affinity.Key(identity, terms.address(), tunnel));
    return keys;
  }

  /** The refusal in a future's failure. */
  static RefusedException refusal(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RefusedException refused
        ? refused
        : new RefusedException("The TCP port cannot be opened on this server.");
  }
}
