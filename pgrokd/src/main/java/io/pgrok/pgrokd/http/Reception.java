package io.pgrok.pgrokd.http;

import io.pgrok.pgrokd.router.Router;
import io.pgrok.pgrokd.traffic.Refusal;
import io.pgrok.pgrokd.traffic.Rejection;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.pgrokd.traffic.Visit;
import io.pgrok.pgrokd.traffic.VisitRequest;
import io.pgrok.pgrokd.tunnel.Access;
import io.pgrok.pgrokd.tunnel.Tunnel;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request: decided from its head alone, and alike for every version of HTTP that
 * it came in.
 */
sealed interface Reception {

  /** What is asked for to learn whether a tunnel's agent can be reached. */
  String PROBE = "/.well-known/pgrok/probe";

  /**
   * It goes to a private service.
   *
   * @param request as that gets it
   * @param probe whether the agent answers in its place
   */
  record Serve(RequestHead request, Tunnel tunnel, Origin origin, Visit visit, boolean probe)
      implements Reception {}

  /** It is answered here. */
  record Reply(Visit visit, Answer answer) implements Reception {}

  /**
   * @param version as the access log names it
   */
  static Reception of(HttpFront front, RequestHead asked, Peer peer, String version) {
    Optional<Tunnel> found = front.router().route(front.protocol(), asked.authority());
    Origin origin =
        Origin.of(asked, peer.address().getAddress(), front.protocol(), front.trustedProxies());
    if (found.isPresent() && isProbe(asked)) {
      return probe(front, asked, peer, found.get(), origin);
    }
    boolean shared = found.isPresent() && found.get().access().share() != null;
    // Neither the private service nor the access log gets to see what opens the tunnel.
    RequestHead request = shared ? ShareTicket.without(asked) : asked;
    Visit visit =
        front.traffic().begin(visitRequest(front, request, origin, version, found.orElse(null)));
    if (!peer.serves().test(Router.hostOf(asked.authority()))) {
      front.traffic().rejected(Rejection.BAD_REQUEST);
      return new Reply(visit, Answer.misdirected(asked.authority()));
    }
    if (found.isEmpty()) {
      front.traffic().rejected(Rejection.UNKNOWN_HOST);
      return new Reply(visit, Answer.unknownHost(asked.authority()));
    }
    Refusal refusal = visit.refusal();
    if (refusal != null) {
      return new Reply(visit, Answer.of(refusal));
    }
    Access access = found.get().access();
    Answer answer =
        access.isOpen() ? null : Admission.refusal(access, asked, origin, Instant.now());
    if (answer != null) {
      told(front.traffic(), answer.status());
      return new Reply(visit, answer);
    }
    return new Serve(request, found.get(), origin, visit, false);
  }

  /** Whether somebody asks if the tunnel works, and nothing of the private service. */
  private static boolean isProbe(RequestHead request) {
    return request.target().equals(PROBE)
        && request.method().equals("GET")
        && !request.hasBody()
        && request.upgrade() == null;
  }

  /** Is no visit: no rule is applied to it, and nothing counts it. */
  private static Reception probe(
      HttpFront front, RequestHead asked, Peer peer, Tunnel tunnel, Origin origin) {
    Visit visit = Traffic.UNOBSERVED.begin(visitRequest(front, asked, origin, "", tunnel));
    if (!peer.serves().test(Router.hostOf(asked.authority()))) {
      return new Reply(visit, Answer.misdirected(asked.authority()));
    }
    return tunnel.answersProbes()
        ? new Serve(asked, tunnel, origin, visit, true)
        : new Reply(visit, Answer.noProbes());
  }

  private static void told(Traffic traffic, int status) {
    switch (status) {
      case 401 -> traffic.rejected(Rejection.UNAUTHORIZED);
      case 403 -> traffic.rejected(Rejection.FORBIDDEN);
      default -> {} // a redirect
    }
  }

  private static VisitRequest visitRequest(
      HttpFront front,
      RequestHead request,
      Origin origin,
      String version,
      @Nullable Tunnel tunnel) {
    return new VisitRequest(
        front.protocol(),
        origin.visitor(),
        tunnel,
        version,
        request.method(),
        request.authority(),
        request.target());
  }
}
