package io.pgrok.protocol.grant;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * TCP ports, both ends included.
 *
 * @param first 1 to 65535
 * @param last {@code first} to 65535
 */
public record PortRange(int first, int last) {

  public PortRange {
    if (first < 1 || last > 65535 || first > last) {
      throw new IllegalArgumentException(
          "%d-%d is no range of ports: write two numbers from 1 to 65535, the smaller first"
              .formatted(first, last));
    }
  }

  /**
   * @param text {@code 7000} or {@code 7000-7010}
   * @throws IllegalArgumentException when it is neither
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static PortRange of(String text) {
    String[] ends = text.strip().split("-", -1);
    try {
      int first = Integer.parseInt(ends[0].strip());
      int last = ends.length == 1 ? first : Integer.parseInt(ends[1].strip());
      if (ends.length <= 2) {
        return new PortRange(first, last);
      }
    } catch (NumberFormatException e) {
      // Answered below, as the other shapes.
    }
    throw new IllegalArgumentException(
        "'%s' is no port or range of ports: write 7000 or 7000-7010".formatted(text));
  }

  /**
   * One port.
   *
   * @throws IllegalArgumentException when it is not between 1 and 65535
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  public boolean contains(int port) {
    return first <= port && port <= last;
  }

  @Override
  @JsonValue
  public String toString() {
    return first == last ? String.valueOf(first) : first + "-" + last;
  }
}
