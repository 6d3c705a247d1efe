package io.pgrok.operator.name;

import io.pgrok.operator.Hash;

/** DNS labels made of other names. */
public final class DnsLabel {

  private static final int LONGEST = 63;

  private DnsLabel() {}

  /**
   * {@code <name>-<hash>}, cut to 63 characters before the hash. The hash keeps names of different
   * namespaces apart: {@code a-b} of namespace {@code c} is not {@code b} of {@code c-a}.
   */
  public static String unique(String namespace, String name) {
    return withHash(name.replace('.', '-'), namespace + "/" + name);
  }

  /** The label itself, or where it is too long its beginning and a hash of the whole. */
  static String fitted(String label) {
    return label.length() <= LONGEST ? label : withHash(label, label);
  }

  private static String withHash(String readable, String hashed) {
    String suffix = "-" + Hash.of(hashed, 5);
    int room = LONGEST - suffix.length();
    return (readable.length() > room ? readable.substring(0, room) : readable) + suffix;
  }
}
