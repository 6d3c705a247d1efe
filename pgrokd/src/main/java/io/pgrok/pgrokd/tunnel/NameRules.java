package io.pgrok.pgrokd.tunnel;

import java.util.Locale;
import java.util.regex.Pattern;

/** Which names may be asked for: RFC 1123 host names, the ones that certificates can hold too. */
public final class NameRules {

  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern SUBDOMAIN = Pattern.compile(LABEL);
  private static final Pattern HOSTNAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

  private NameRules() {}

  /**
   * @return the label in lower case
   * @throws RefusedException when it is no DNS label
   */
  public static String subdomain(String asked) throws RefusedException {
    String label = asked.strip().toLowerCase(Locale.ROOT);
    if (!SUBDOMAIN.matcher(label).matches()) {
      throw new RefusedException(
          "The subdomain '%s' is not a DNS label: use 1 to 63 letters, digits and '-', neither beginning nor ending with '-'."
              .formatted(RefusedException.printable(asked)));
    }
    return label;
  }

  /**
   * @return the name in lower case
   * @throws RefusedException when it is no host name
   */
  public static String hostname(String asked) throws RefusedException {
    String name = asked.strip().toLowerCase(Locale.ROOT);
    if (name.length() > 253 || !HOSTNAME.matcher(name).matches()) {
      throw new RefusedException(
          "The hostname '%s' is not a DNS name: write it like app.example.com, without scheme, port or '*'."
              .formatted(RefusedException.printable(asked)));
    }
    return name;
  }

  /** Whether {@code domain} can be a server's domain. */
  public static boolean isHostname(String domain) {
    return domain.length() <= 253 && HOSTNAME.matcher(domain).matches();
  }
}
