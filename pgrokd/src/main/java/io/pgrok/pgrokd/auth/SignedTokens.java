package io.pgrok.pgrokd.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pgrok.pgrokd.reload.TextFile;
import io.pgrok.protocol.grant.Grant;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;

/**
 * Signed tokens: JWT (RFC 7519) with EdDSA (RFC 8037) by a key of a JWKS file (RFC 7517). {@code
 * sub} is the identity's name, {@code exp} is required, {@code aud} must be {@value #AUDIENCE}, and
 * the claim {@value #GRANT} holds a {@link Grant}. A token without that claim is refused:
 * forgetting it must not grant everything.
 *
 * @param keys the public keys of the file
 */
public record SignedTokens(List<JsonWebKey> keys) {

  public static final String AUDIENCE = "pgrokd";
  public static final String GRANT = "pgrok";

  /** Clocks of two machines may differ by this many seconds. */
  static final int CLOCK_SKEW_SECONDS = 30;

  private static final Authenticator.Result EXPIRED =
      new Authenticator.Result.Refused("Your token expired: ask for a new one.");

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * @throws IOException when the file cannot be read, or none of its keys is an Ed25519 public key
   */
  public static SignedTokens read(Path jwks) throws IOException {
    JsonWebKeySet set;
    try {
      set = new JsonWebKeySet(TextFile.read(jwks));
    } catch (JoseException e) {
      throw new IOException(jwks + ": is no JSON Web Key Set (RFC 7517)");
    }
    for (JsonWebKey key : set.getJsonWebKeys()) {
      if (key instanceof PublicJsonWebKey pair && pair.getPrivateKey() != null) {
        throw new IOException(
            jwks + ": holds a private key; give this server the public part only");
      }
    }
    List<JsonWebKey> usable =
        set.getJsonWebKeys().stream()
            .filter(key -> "OKP".equals(key.getKeyType()) && key.getKey() != null)
            .toList();
    // None at all is nobody: how the last key is taken back.
    if (usable.isEmpty() && !set.getJsonWebKeys().isEmpty()) {
      throw new IOException(jwks + ": holds no Ed25519 key (kty OKP, crv Ed25519)");
    }
    return new SignedTokens(usable);
  }

  /** Verifies signature, audience and times, then reads the grant. */
  public Authenticator.Result authenticate(String token, InstantSource clock) {
    // Three dots-separated parts make a JWT; anything else is for another authenticator.
    if (token.chars().filter(c -> c == '.').count() != 2) {
      return Authenticator.UNKNOWN;
    }
    try {
      JwtClaims claims = consumer(clock).processToClaims(token);
      Object grant = claims.getClaimValue(GRANT);
      if (!(grant instanceof Map)) {
        return new Authenticator.Result.Refused(
            "Your token has no claim '%s' that says what it may use.".formatted(GRANT));
      }
      Instant expires = Instant.ofEpochSecond(claims.getExpirationTime().getValue());
      if (!clock.instant().isBefore(expires)) {
        return EXPIRED; // no allowance for clocks: the session would end as soon as it began
      }
      return new Authenticator.Result.Accepted(
          new Identity(
              claims.getSubject(),
              JSON.treeToValue(JSON.valueToTree(grant), Grant.class),
              expires));
    } catch (InvalidJwtException e) {
      return e.hasErrorCode(ErrorCodes.EXPIRED) ? EXPIRED : Authenticator.UNKNOWN;
    } catch (MalformedClaimException | JsonProcessingException | IllegalArgumentException e) {
      return new Authenticator.Result.Refused(
          "Your token's claim '%s' cannot be read.".formatted(GRANT));
    }
  }

  /** A grant as the claim holds it. */
  static Map<String, Object> claim(Grant grant) {
    return JSON.convertValue(grant, new TypeReference<Map<String, Object>>() {});
  }

  private JwtConsumer consumer(InstantSource clock) {
    return new JwtConsumerBuilder()
        .setJwsAlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.EDDSA)
        .setVerificationKeyResolver(new JwksVerificationKeyResolver(keys))
        .setExpectedAudience(AUDIENCE)
        .setRequireSubject()
        .setRequireExpirationTime()
        .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
        .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
        .build();
  }
}
