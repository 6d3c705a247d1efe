package io.pgrok.operator.grant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.Optional;

/**
 * A private Ed25519 key, as a JSON Web Key (RFC 8037) says it.
 *
 * @param id {@code kid}: by which the server finds the public part
 * @param secret {@code d}: 32 bytes in base64url
 */
public record SigningKey(String id, String secret) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SECRET_BYTES = 32;

  /** Empty when the text is no such key, or one without {@code kid}. */
  public static Optional<SigningKey> parse(String jwk) {
    try {
      JsonNode key = JSON.readTree(jwk);
      String id = key.path("kid").asText();
      String secret = key.path("d").asText();
      boolean usable =
          "OKP".equals(key.path("kty").asText())
              && "Ed25519".equals(key.path("crv").asText())
              && !id.isEmpty()
              && Base64.getUrlDecoder().decode(secret).length == SECRET_BYTES;
      return usable ? Optional.of(new SigningKey(id, secret)) : Optional.empty();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Signs with Ed25519, which gives the same bytes the same signature. */
  byte[] sign(byte[] text) {
    try {
      var spec =
          new EdECPrivateKeySpec(NamedParameterSpec.ED25519, Base64.getUrlDecoder().decode(secret));
      var signature = Signature.getInstance("Ed25519");
      signature.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(spec));
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has Ed25519", e);
    }
  }

  /** Leaves the key out: this ends up in logs. */
  @Override
  public String toString() {
    return "SigningKey[id=%s]".formatted(id);
  }
}
