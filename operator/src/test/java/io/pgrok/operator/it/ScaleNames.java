package io.pgrok.operator.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for DNS in the JVMs that {@link ScaleBench} starts, and costs as little there as the
 * answer of one: Service {@code web-7} is at an address of its own, public names are on loopback.
 * One class, because that is all that is installed.
 */
public final class ScaleNames extends InetAddressResolverProvider implements InetAddressResolver {

  /** Domain of the public names. */
  static final String DOMAIN = "scale.example.com";

  private static final String SERVICES = ".svc";

  private @Nullable InetAddressResolver others;

  /** A folder to put into the class path of a JVM. */
  static Path install(Path parent) throws IOException {
    var folder = parent.resolve("names");
    String itself = ScaleNames.class.getName();
    String file = itself.replace('.', '/') + ".class";
    var services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(InetAddressResolverProvider.class.getName()), itself);
    Files.createDirectories(folder.resolve(file).getParent());
    try (var code = ScaleNames.class.getClassLoader().getResourceAsStream(file)) {
      Files.copy(Objects.requireNonNull(code), folder.resolve(file));
    }
    return folder;
  }

  /** The address of a Service by its number. */
  static String address(int number) {
    return "127.1." + (number / 250 + 1) + "." + (number % 250 + 1);
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    others = configuration.builtinResolver();
    return this;
  }

  @Override
  public String name() {
    return "scale";
  }

  @Override
  public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
      throws UnknownHostException {
    if (host.endsWith("." + DOMAIN)) {
      return Stream.of(InetAddress.ofLiteral("127.0.0.1"));
    }
    if (host.endsWith(SERVICES)) {
      int number = Integer.parseInt(host.substring(host.indexOf('-') + 1, host.indexOf('.')));
      return Stream.of(InetAddress.ofLiteral(address(number)));
    }
    return others().lookupByName(host, policy);
  }

  @Override
  public String lookupByAddress(byte[] address) throws UnknownHostException {
    return others().lookupByAddress(address);
  }

  private InetAddressResolver others() {
    return Objects.requireNonNull(others);
  }
}
