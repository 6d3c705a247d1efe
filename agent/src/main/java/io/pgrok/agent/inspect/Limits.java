package io.pgrok.agent.inspect;

/**
 * How much is kept.
 *
 * @param exchanges the newest so many
 * @param bodyBytes the first bytes of each body
 * @param totalBytes of all bodies together; the oldest exchanges go first
 */
public record Limits(int exchanges, int bodyBytes, long totalBytes) {

  /** On a laptop. */
  public static final Limits LAPTOP = new Limits(500, 128 * 1024, 24L << 20);

  /** In a container whose whole memory is not much more. */
  public static final Limits CLUSTER = new Limits(100, 32 * 1024, 3L << 20);
}
