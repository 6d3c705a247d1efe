package io.pgrok.protocol.share;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and checks share links of one tunnel.
 *
 * <pre>
 *   https://host/path?pgrok_share=EXPIRY.SIGNATURE
 *   SIGNATURE = base64url without padding of HMAC-SHA256(key, host + "\n" + EXPIRY)
 * </pre>
 *
 * <p>{@code host} is in lower case and without port, EXPIRY in seconds since 1970. The link's path
 * is not signed: it opens the whole host. Immutable, thread-safe.
 */
public final class ShareLink {

  /** The query parameter of a link, and the cookie that takes its place. */
  public static final String NAME = "pgrok_share";

  /** Shortest key, in bytes: what HMAC-SHA256 can make use of. */
  public static final int MIN_KEY = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern EXPIRY = Pattern.compile("[0-9]{1,11}");

  private final SecretKeySpec key;

  private ShareLink(SecretKeySpec key) {
    this.key = key;
  }

  /** What a link or cookie is worth. */
  public sealed interface Verdict {
    /**
     * It is good.
     *
     * @param until when it ends; later than now
     */
    record Good(Instant until) implements Verdict {}

    /** It was good. */
    record Expired() implements Verdict {}

    /** Nobody with this tunnel's key made it for this host. */
    record Forged() implements Verdict {}
  }

  /**
   * @param base64 the key: standard base64 of at least {@value #MIN_KEY} bytes
   * @throws IllegalArgumentException when it is not; the text does not repeat it
   */
  public static ShareLink of(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the share key is not base64; make one with" + " 'openssl rand -base64 32'", e);
    }
    if (bytes.length < MIN_KEY) {
      throw new IllegalArgumentException(
          "the share key has %d bytes, at least %d are needed; make one with 'openssl rand -base64 32'"
              .formatted(bytes.length, MIN_KEY));
    }
    return new ShareLink(new SecretKeySpec(bytes, ALGORITHM));
  }

  /**
   * The value of {@value #NAME}.
   *
   * @param host of the tunnel, without port
   * @param until when it ends; rounded down to seconds
   */
  public String sign(String host, Instant until) {
    String expiry = Long.toString(until.getEpochSecond());
    return expiry + "." + signature(host, expiry);
  }

  /**
   * A link for somebody.
   *
   * @param page the page to open: scheme, host and maybe a path and query
   * @throws IllegalArgumentException when it has no host
   */
  public URI link(URI page, Instant until) {
    if (page.getHost() == null) {
      throw new IllegalArgumentException(page + " has no host; write https://app.example.com/");
    }
    String path =
        page.getRawPath() == null || page.getRawPath().isEmpty() ? "/" : page.getRawPath();
    String query = page.getRawQuery() == null ? "" : page.getRawQuery() + "&";
    return URI.create(
        page.getScheme()
            + "://"
            + page.getRawAuthority()
            + path
            + "?"
            + query
            + NAME
            + "="
            + sign(page.getHost(), until));
  }

  /**
   * Checks a value in a time that does not depend on how much of its signature is right.
   *
   * @param host that the visitor asked for, without port
   * @param value what came as {@value #NAME}; anything
   */
  public Verdict check(String host, String value, Instant now) {
    int dot = value.indexOf('.');
    if (dot < 0 || !EXPIRY.matcher(value.substring(0, dot)).matches()) {
      return new Verdict.Forged();
    }
    String expiry = value.substring(0, dot);
    byte[] given = value.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    byte[] right = signature(host, expiry).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(right, given)) {
      return new Verdict.Forged();
    }
    Instant until = Instant.ofEpochSecond(Long.parseLong(expiry));
    return until.isAfter(now) ? new Verdict.Good(until) : new Verdict.Expired();
  }

  private String signature(String host, String expiry) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] signed =
          mac.doFinal(
              (host.toLowerCase(Locale.ROOT) + "\n" + expiry).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
