package io.pgrok.operator;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Short names for long texts. */
public final class Hash {

  private Hash() {}

  /** The last {@code length} (1 to 40) characters of the text's SHA-256 in base 36. */
  public static String of(String text, int length) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      String base36 = new BigInteger(1, digest).toString(36);
      return "0".repeat(Math.max(0, length - base36.length()))
          + base36.substring(Math.max(0, base36.length() - length));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
