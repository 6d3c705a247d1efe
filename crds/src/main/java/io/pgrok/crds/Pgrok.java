package io.pgrok.crds;

/** Names that all resource types share. */
public final class Pgrok {

  public static final String GROUP = "pgrok.io";
  public static final String VERSION = "v1alpha1";

  /** {@code kubectl get pgrok} lists them all. */
  public static final String CATEGORY = "pgrok";

  /** A DNS label (RFC 1123), as a CEL condition on a string. */
  public static final String IS_LABEL = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')";

  /**
   * A lower-case DNS name of two labels or more, and no IPv4 address, as a CEL condition on a
   * string.
   */
  public static final String IS_DOMAIN =
      "self.matches('^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?[.])+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$')"
          + " && self.matches('[a-z][^.]*$')";

  /** A time span of days, hours, minutes and seconds that is not zero, as a CEL condition. */
  public static final String IS_SPAN =
      "self.matches('^([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') &&"
          + " self.matches('[1-9]')";

  /** What {@link #IS_SPAN} asks for, in words. */
  public static final String A_SPAN = "a time span such as 30m, 8h or 2d12h";

  /** JSON paths of printer columns: what condition Ready says. */
  public static final String READY_STATUS = ".status.conditions[?(@.type==\"Ready\")].status";

  public static final String READY_REASON = ".status.conditions[?(@.type==\"Ready\")].reason";
  public static final String READY_MESSAGE = ".status.conditions[?(@.type==\"Ready\")].message";

  private Pgrok() {}
}
