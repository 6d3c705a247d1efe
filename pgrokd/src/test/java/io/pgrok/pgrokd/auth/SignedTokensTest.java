package io.pgrok.pgrokd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.pgrokd.auth.Authenticator.Result;
import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.grant.NamePattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedTokensTest {

  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  @TempDir Path dir;
  private OctetKeyPairJsonWebKey key;
  private SignedTokens tokens;

  @BeforeEach
  void publishKey() throws Exception {
    key = OkpJwkGenerator.generateJwk("Ed25519");
    key.setKeyId("k1");
    tokens = read(new JsonWebKeySet(key).toJson(OutputControlLevel.PUBLIC_ONLY));
  }

  @Test
  void aSignedTokenGivesItsSubjectAndGrant() throws Exception {
    JwtClaims claims = claims();
    claims.setClaim(SignedTokens.GRANT, Map.of("subdomains", List.of("pr-*"), "maxTunnels", 3));

    Result result = tokens.authenticate(sign(claims, key), CLOCK);

    assertThat(result)
        .isEqualTo(
            new Result.Accepted(
                new Identity(
                    "namespace/shop",
                    new Grant(List.of(NamePattern.of("pr-*")), null, null, 3, null, null),
                    NOW.plusSeconds(3600))));
  }

  @Test
  void anotherKeyIsRefused() throws Exception {
    OctetKeyPairJsonWebKey other = OkpJwkGenerator.generateJwk("Ed25519");
    other.setKeyId("k1");
    assertThat(tokens.authenticate(sign(claims(), other), CLOCK)).isEqualTo(Authenticator.UNKNOWN);
  }

  @Test
  void otherAlgorithmsAreRefusedNoneAndHmacWithThePublicKeyAmongThem() throws Exception {
    JsonWebSignature none = new JsonWebSignature();
    none.setPayload(claims().toJson());
    none.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
    none.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
    assertThat(tokens.authenticate(none.getCompactSerialization(), CLOCK))
        .isEqualTo(Authenticator.UNKNOWN);

    JsonWebSignature hmac = new JsonWebSignature();
    hmac.setPayload(claims().toJson());
    hmac.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
    hmac.setKeyIdHeaderValue("k1");
    hmac.setKey(new HmacKey(key.getPublicKey().getEncoded()));
    assertThat(tokens.authenticate(hmac.getCompactSerialization(), CLOCK))
        .isEqualTo(Authenticator.UNKNOWN);
  }

  @Test
  void anotherAudienceIsRefused() throws Exception {
    JwtClaims claims = claims();
    claims.setAudience("someone-else");
    assertThat(tokens.authenticate(sign(claims, key), CLOCK)).isEqualTo(Authenticator.UNKNOWN);
  }

  @Test
  void aTokensTimeIsOverToTheSecondForItsSessionWouldEndThen() throws Exception {
    String token = sign(claims(), key);
    assertThat(tokens.authenticate(token, InstantSource.fixed(NOW.plusSeconds(3599))))
        .isInstanceOf(Result.Accepted.class);
    for (int late : new int[] {3600, 3620, 3640}) {
      assertThat(tokens.authenticate(token, InstantSource.fixed(NOW.plusSeconds(late))))
          .isInstanceOfSatisfying(
              Result.Refused.class, refused -> assertThat(refused.reason()).contains("expired"));
    }
  }

  @Test
  void aTokenOfAClockThatIsAheadALittleIsAccepted() throws Exception {
    JwtClaims claims = claims();
    claims.setNotBefore(NumericDate.fromMilliseconds(NOW.plusSeconds(20).toEpochMilli()));
    assertThat(tokens.authenticate(sign(claims, key), CLOCK)).isInstanceOf(Result.Accepted.class);
  }

  @Test
  void aTokenWithoutAGrantGrantsNothing() throws Exception {
    JwtClaims claims = claims();
    claims.unsetClaim(SignedTokens.GRANT);
    assertThat(tokens.authenticate(sign(claims, key), CLOCK)).isInstanceOf(Result.Refused.class);
  }

  @Test
  void aGrantWithAnUnknownLimitIsRefusedInsteadOfIgnored() throws Exception {
    JwtClaims claims = claims();
    claims.setClaim(SignedTokens.GRANT, Map.of("subdomain", List.of("web")));
    assertThat(tokens.authenticate(sign(claims, key), CLOCK)).isInstanceOf(Result.Refused.class);
  }

  @Test
  void textThatIsNoJwtIsLeftToOthers() {
    assertThat(tokens.authenticate("s3cret", CLOCK)).isEqualTo(Authenticator.UNKNOWN);
    assertThat(tokens.authenticate("a.b.c", CLOCK)).isEqualTo(Authenticator.UNKNOWN);
  }

  @Test
  void aFileWithAPrivateKeyIsRefused() {
    String json = new JsonWebKeySet(key).toJson(OutputControlLevel.INCLUDE_PRIVATE);
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("private key");
  }

  @Test
  void aFileWithoutAKeyThatSignsIsRefused() {
    assertThatThrownBy(() -> read("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}"))
        .hasMessageContaining("no Ed25519 key");
    assertThatThrownBy(() -> read("hello")).hasMessageContaining("no JSON Web Key Set");
  }

  private static JwtClaims claims() {
    JwtClaims claims = new JwtClaims();
    claims.setSubject("namespace/shop");
    claims.setAudience(SignedTokens.AUDIENCE);
    claims.setExpirationTime(NumericDate.fromSeconds(NOW.getEpochSecond() + 3600));
    claims.setClaim(SignedTokens.GRANT, Map.of());
    return claims;
  }

  private static String sign(JwtClaims claims, OctetKeyPairJsonWebKey key) throws JoseException {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setPayload(claims.toJson());
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
    jws.setKeyIdHeaderValue(key.getKeyId());
    jws.setKey(key.getPrivateKey());
    return jws.getCompactSerialization();
  }

  private SignedTokens read(String json) throws IOException {
    return SignedTokens.read(Files.writeString(dir.resolve("jwks.json"), json));
  }
}
