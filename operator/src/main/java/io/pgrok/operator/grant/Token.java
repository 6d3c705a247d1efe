package io.pgrok.operator.grant;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.protocol.grant.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;

/**
 * A token as pgrokd reads it: a JWT (RFC 7519) signed with EdDSA, with subject, audience, times and
 * a grant.
 *
 * <p>Equal input gives equal bytes for a whole {@link #WINDOW}: a restarted operator, or its second
 * replica, writes the same token again, and agents that have it need not log in anew.
 *
 * @param text the JWT
 * @param renewAt when the next one is to be made, long before this one ends
 */
public record Token(String text, Instant renewAt) {

  /** How long a token is given out. */
  static final Duration WINDOW = Duration.ofHours(12);

  /** How long it is good for after that: an operator may be away for so long. */
  static final Duration RESERVE = Duration.ofHours(36);

  /** For servers whose clock is behind. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /**
   * @param subject the identity
   * @param grant what it may claim
   */
  public static Token of(SigningKey key, String subject, Grant grant, Instant now) {
    Instant start = windowStart(subject, now);
    Instant renewAt = start.plus(WINDOW);
    var header = new LinkedHashMap<String, Object>();
    header.put("alg", "EdDSA");
    header.put("kid", key.id());
    header.put("typ", "JWT");
    var claims = new LinkedHashMap<String, Object>();
    claims.put("sub", subject);
    claims.put("aud", "pgrokd");
    claims.put("iat", start.getEpochSecond());
    claims.put("nbf", start.minus(SKEW).getEpochSecond());
    claims.put("exp", renewAt.plus(RESERVE).getEpochSecond());
    claims.put("pgrok", grant);
    String signed = part(header) + "." + part(claims);
    return new Token(
        signed + "." + BASE64.encodeToString(key.sign(signed.getBytes(UTF_8))), renewAt);
  }

  /** Windows of different subjects begin at different times, so that not all renew at once. */
  private static Instant windowStart(String subject, Instant now) {
    long window = WINDOW.toSeconds();
    long offset = Math.floorMod((long) subject.hashCode(), window);
    return Instant.ofEpochSecond(
        Math.floorDiv(now.getEpochSecond() - offset, window) * window + offset);
  }

  private static String part(Object json) {
    try {
      return BASE64.encodeToString(JSON.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a token can always be written", e);
    }
  }

  /** Leaves the token out: this ends up in logs. */
  @Override
  public String toString() {
    return "Token[renewAt=%s]".formatted(renewAt);
  }
}
