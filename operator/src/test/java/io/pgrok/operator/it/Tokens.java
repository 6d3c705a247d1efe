package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.lang.JoseException;

/** Keys to sign tokens with, and what signed tokens say. */
final class Tokens {

  private Tokens() {}

  /** As a connection Secret has it, private part and all. */
  static String newSigningKey() {
    try {
      var key = OkpJwkGenerator.generateJwk("Ed25519");
      key.setKeyId("k1");
      return key.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE);
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
  }

  /** Without looking at the signature. */
  static JsonNode claims(String token) throws IOException {
    String payload = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), UTF_8);
    return new ObjectMapper().readTree(payload);
  }
}
