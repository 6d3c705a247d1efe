package io.pgrok.pgrokd.kubernetes;

import io.pgrok.pgrokd.auth.TokenFile;
import java.util.Map;

/**
 * Whom the server lets in, mounted into its container: so a pod that runs hears of a new signing
 * key or token. Nobody gets in with what it holds.
 */
final class AcceptedSecret {
  static final String TOKENS = "tokens.yml";
  static final String PUBLIC_KEYS = ServerSecret.PUBLIC_KEYS;

  private AcceptedSecret() {}

  /**
   * The texts of its two keys, which are file names too.
   *
   * @param tokens by their hashes
   * @param jwks public keys of signed tokens
   */
  record Data(String tokens, String jwks) {

    static Data of(String name, String token, String jwks) {
      return new Data(
          "tokens:\n- name: %s\n  sha256: %s\n".formatted(name, TokenFile.hash(token)), jwks);
    }

    Map<String, String> byKey() {
      return Map.of(TOKENS, tokens, PUBLIC_KEYS, jwks);
    }
  }
}
