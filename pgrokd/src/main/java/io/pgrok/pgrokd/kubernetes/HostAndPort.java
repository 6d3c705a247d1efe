package io.pgrok.pgrokd.kubernetes;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An address to dial.
 *
 * @param host name, IPv4 or IPv6 address (without brackets)
 * @param port 1 to 65535
 */
record HostAndPort(String host, int port) {
  private static final Pattern FORM = Pattern.compile("(?:\\[([^]]+)]|([^:]+)):(\\d{1,5})");

  HostAndPort {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port must be between 1 and 65535, not " + port);
    }
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<HostAndPort> {
    @Override
    public HostAndPort convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /**
   * @throws IllegalArgumentException when the text is not {@code host:port}
   */
  static HostAndPort parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not host:port");
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    return new HostAndPort(host, Integer.parseInt(matcher.group(3)));
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
