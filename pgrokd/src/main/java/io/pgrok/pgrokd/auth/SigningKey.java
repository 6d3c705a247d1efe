package io.pgrok.pgrokd.auth;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/**
 * An Ed25519 key pair (RFC 8037) that signs tokens. Whoever signs keeps it; servers get its public
 * half by {@link #addTo}.
 */
public final class SigningKey {

  /** Public keys of a set: a server that changes its key every day still ends somewhere. */
  private static final int KEPT = 10;

  private final OctetKeyPairJsonWebKey pair;

  private SigningKey(OctetKeyPairJsonWebKey pair) {
    this.pair = pair;
  }

  /** A new one, called by its thumbprint (RFC 7638), so that two never have the same name. */
  public static SigningKey create() {
    try {
      OctetKeyPairJsonWebKey pair = OkpJwkGenerator.generateJwk("Ed25519");
      pair.setKeyId(pair.calculateBase64urlEncodedThumbprint("SHA-256"));
      pair.setAlgorithm(AlgorithmIdentifiers.EDDSA);
      pair.setUse("sig");
      return new SigningKey(pair);
    } catch (JoseException e) {
      throw new IllegalStateException("every JDK since 15 has Ed25519", e);
    }
  }

  /**
   * @param jwk as {@link #toJwk} writes it
   * @throws IOException when it is no private Ed25519 key with a key id; the text quotes nothing
   */
  public static SigningKey parse(String jwk) throws IOException {
    try {
      if (JsonWebKey.Factory.newJwk(jwk) instanceof OctetKeyPairJsonWebKey pair
          && pair.getPrivateKey() != null
          && pair.getKeyId() != null) {
        return new SigningKey(pair);
      }
    } catch (JoseException e) {
      // Answered below, as another kind of key.
    }
    throw new IOException("is no private Ed25519 key (JWK with kty OKP, crv Ed25519, kid, d)");
  }

  /** Its name, which every token that it signs carries. */
  public String id() {
    return pair.getKeyId();
  }

  /** The private key as a JWK. A secret. */
  public String toJwk() {
    return pair.toJson(OutputControlLevel.INCLUDE_PRIVATE);
  }

  /**
   * The set of public keys with this one in front. Keys that were in it stay, so that tokens signed
   * before a change of keys are good until they end; of more than {@value #KEPT} the oldest goes.
   *
   * @param jwks a JSON Web Key Set; empty for a new one
   * @throws IOException when that is no such set
   */
  public String addTo(String jwks) throws IOException {
    List<JsonWebKey> keys = new ArrayList<>(List.of(pair));
    if (!jwks.isBlank()) {
      try {
        for (JsonWebKey other : new JsonWebKeySet(jwks).getJsonWebKeys()) {
          if (!id().equals(other.getKeyId())) {
            keys.add(other);
          }
        }
      } catch (JoseException e) {
        throw new IOException("is no JSON Web Key Set (RFC 7517)");
      }
    }
    return json(keys.subList(0, Math.min(keys.size(), KEPT)));
  }

  /** A set of this public key alone. */
  public String toJwks() {
    return json(List.of(pair));
  }

  /** Whether a set of public keys has this one; a damaged set has none. */
  public boolean isIn(String jwks) {
    try {
      return !jwks.isBlank()
          && new JsonWebKeySet(jwks)
              .getJsonWebKeys().stream().anyMatch(other -> id().equals(other.getKeyId()));
    } catch (JoseException e) {
      return false;
    }
  }

  private static String json(List<? extends JsonWebKey> keys) {
    return new JsonWebKeySet(keys).toJson(OutputControlLevel.PUBLIC_ONLY);
  }

  /**
   * A token that {@link SignedTokens} takes.
   *
   * @param identity must have a time when it expires
   * @param now when it is issued
   */
  public String sign(Identity identity, Instant now) {
    Instant expires = identity.expires();
    if (expires == null) {
      throw new IllegalArgumentException("a signed token must expire");
    }
    JwtClaims claims = new JwtClaims();
    claims.setSubject(identity.name());
    claims.setAudience(SignedTokens.AUDIENCE);
    claims.setIssuedAt(NumericDate.fromMilliseconds(now.toEpochMilli()));
    claims.setExpirationTime(NumericDate.fromMilliseconds(expires.toEpochMilli()));
    claims.setClaim(SignedTokens.GRANT, SignedTokens.claim(identity.grant()));
    JsonWebSignature jws = new JsonWebSignature();
    jws.setPayload(claims.toJson());
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
    jws.setKeyIdHeaderValue(id());
    jws.setKey(pair.getPrivateKey());
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("an Ed25519 key signs", e);
    }
  }

  /** Names the key only. */
  @Override
  public String toString() {
    return "SigningKey[" + id() + "]";
  }
}
