package io.pgrok.pgrokd.tunnel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** User and password that visitors of a tunnel must give (RFC 7617). */
public final class BasicAuth {

  private static final int SCHEME_LENGTH = "Basic ".length();

  private final byte[] expected;

  private BasicAuth(byte[] expected) {
    this.expected = expected;
  }

  /**
   * @param userAndPassword {@code user:password}
   * @throws RefusedException when the colon is missing
   */
  public static BasicAuth of(String userAndPassword) throws RefusedException {
    if (userAndPassword.indexOf(':') < 0) {
      throw new RefusedException("HttpAuth must have the form user:password.");
    }
    return new BasicAuth(
        Base64.getEncoder().encode(userAndPassword.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Compares in a time that does not depend on how much of it is right.
   *
   * @param authorization the value of the Authorization field, null when there is none
   */
  public boolean admits(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, "Basic ", 0, SCHEME_LENGTH)) {
      return false;
    }
    byte[] given = authorization.substring(SCHEME_LENGTH).strip().getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(expected, given);
  }
}
