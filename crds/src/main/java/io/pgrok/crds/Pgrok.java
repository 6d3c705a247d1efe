package io.pgrok.crds;

/** Names that all resource types share. */
public final class Pgrok {

  public static final String GROUP = "pgrok.io";
  public static final String VERSION = "v1alpha1";

  /** {@code kubectl get pgrok} lists them all. */
  public static final String CATEGORY = "pgrok";

  /** A DNS label (RFC 1123), as a CEL condition on a string. */
  public static final String IS_LABEL = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')";

  /** A lower-case DNS name of two labels or more, as a CEL condition on a string. */
  public static final String IS_DOMAIN =
      "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)+$')";

  /** JSON paths of printer columns: what condition Ready says. */
  public static final String READY_STATUS = ".status.conditions[?(@.type==\"Ready\")].status";

  public static final String READY_REASON = ".status.conditions[?(@.type==\"Ready\")].reason";
  public static final String READY_MESSAGE = ".status.conditions[?(@.type==\"Ready\")].message";

  private Pgrok() {}
}
