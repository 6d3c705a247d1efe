package io.pgrok.pgrokd.auth;

import java.util.List;

/** Decides who sent an {@code Auth}. Called on event loops: never blocks. */
@FunctionalInterface
public interface Authenticator {

  /** What became of a token. */
  sealed interface Result {
    /** The token is good. */
    record Accepted(Identity identity) implements Result {}

    /**
     * The token is not.
     *
     * @param reason for {@code AuthResp.Error}: names the fix, and tells a stranger nothing of
     *     which tokens there are
     */
    record Refused(String reason) implements Result {}
  }

  /** What an agent with a token that nobody knows is told. */
  Result UNKNOWN =
      new Result.Refused(
          "This server asks for a token and does not know yours: check auth_token (or -authtoken).");

  /** What an agent without a token is told. */
  Result MISSING =
      new Result.Refused("This server asks for a token: set auth_token (or -authtoken).");

  /**
   * @param token {@code Auth.User}, as the agent sent it
   */
  Result authenticate(String token);

  /** Lets everybody in, like the reference. */
  static Authenticator open() {
    return token -> new Result.Accepted(Identity.ANONYMOUS);
  }

  /** Asks each in turn; the first that accepts decides, otherwise the most telling refusal. */
  static Authenticator anyOf(List<Authenticator> authenticators) {
    return token -> {
      if (token.isEmpty()) {
        return MISSING;
      }
      Result answer = UNKNOWN;
      for (Authenticator authenticator : authenticators) {
        Result result = authenticator.authenticate(token);
        if (result instanceof Result.Accepted) {
          return result;
        }
        if (!result.equals(UNKNOWN)) {
          answer = result;
        }
      }
      return answer;
    };
  }
}
