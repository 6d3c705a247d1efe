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
    String suffix = "-" + Hash.of(namespace + "/" + name, 5);
    String readable = name.replace('.', '-');
    int room = LONGEST - suffix.length();
    return (readable.length() > room ? readable.substring(0, room) : readable) + suffix;
  }
}
