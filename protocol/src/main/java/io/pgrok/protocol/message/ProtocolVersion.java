package io.pgrok.protocol.message;

/** The versions that {@code Auth} and {@code AuthResp} carry. */
public final class ProtocolVersion {
  /** {@code Version}: peers must agree on it exactly. */
  public static final String WIRE = "2";

  /** {@code MmVersion}: the reference's release, shown to people. */
  public static final String MAJOR_MINOR = "3.0";

  private ProtocolVersion() {}
}
