package io.pgrok.agent.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.Upstream.ProxyProtocol;
import org.jspecify.annotations.Nullable;

/**
 * The header of the PROXY protocol (HAProxy's proxy-protocol.txt, sections 2.1 and 2.2) that tells
 * a private service who visits. The address that the visitor reached is known to the server alone:
 * it is told as the unspecified address with the public port. Pure.
 */
public final class ProxyHeader {

  private static final byte[] SIGNATURE = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };

  private static final int VERSION_2 = 0x20;
  private static final int COMMAND_LOCAL = 0;
  private static final int COMMAND_PROXY = 1;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;

  private ProxyHeader() {}

  /**
   * @param visitor {@code ip:port}; where it is not that, the header says that it is unknown
   * @param publicPort where the visitor came in; 0 for unknown
   */
  public static ByteBuf of(ProxyProtocol version, String visitor, int publicPort) {
    Source source = Source.parse(visitor);
    return version == ProxyProtocol.V1 ? text(source, publicPort) : binary(source, publicPort);
  }

  private record Source(byte[] address, int port) {
    static @Nullable Source parse(String visitor) {
      try {
        HostPort parsed = HostPort.parse(visitor, "");
        byte[] address = NetUtil.createByteArrayFromIpAddressString(parsed.host());
        return address == null ? null : new Source(address, parsed.port());
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    boolean isV4() {
      return address.length == 4;
    }
  }

  private static ByteBuf text(@Nullable Source source, int publicPort) {
    String line =
        source == null
            ? "PROXY UNKNOWN\r\n"
            : "PROXY %s %s %s %d %d\r\n"
                .formatted(
                    source.isV4() ? "TCP4" : "TCP6",
                    NetUtil.bytesToIpAddress(source.address()),
                    source.isV4() ? "0.0.0.0" : "::",
                    source.port(),
                    publicPort);
    return Unpooled.copiedBuffer(line, US_ASCII);
  }

  private static ByteBuf binary(@Nullable Source source, int publicPort) {
    ByteBuf header = Unpooled.buffer(64).writeBytes(SIGNATURE);
    if (source == null) {
      return header.writeByte(VERSION_2 | COMMAND_LOCAL).writeByte(0).writeShort(0);
    }
    int length = 2 * source.address().length + 4;
    return header
        .writeByte(VERSION_2 | COMMAND_PROXY)
        .writeByte(source.isV4() ? TCP4 : TCP6)
        .writeShort(length)
        .writeBytes(source.address())
        .writeZero(source.address().length)
        .writeShort(source.port())
        .writeShort(publicPort);
  }
}
