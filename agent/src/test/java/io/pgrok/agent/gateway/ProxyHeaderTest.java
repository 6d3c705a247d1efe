package io.pgrok.agent.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.pgrok.agent.config.Upstream.ProxyProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyHeaderTest {

  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1:5000|PROXY TCP4 192.0.2.1 0.0.0.0 5000 443",
        "[2001:db8::1]:5000|PROXY TCP6 2001:db8::1 :: 5000 443",
        "nobody|PROXY UNKNOWN",
        "''|PROXY UNKNOWN",
        "host.example:80|PROXY UNKNOWN"
      })
  void versionOneIsALine(String visitor, String line) {
    assertThat(ProxyHeader.of(ProxyProtocol.V1, visitor, 443).toString(US_ASCII))
        .isEqualTo(line + "\r\n");
  }

  @Test
  void versionTwoIsBinary() {
    assertThat(ByteBufUtil.hexDump(ProxyHeader.of(ProxyProtocol.V2, "192.0.2.1:5000", 443)))
        .isEqualTo(SIGNATURE + "2111000c" + "c0000201" + "00000000" + "1388" + "01bb");
    assertThat(ByteBufUtil.hexDump(ProxyHeader.of(ProxyProtocol.V2, "[2001:db8::1]:5000", 443)))
        .isEqualTo(
            SIGNATURE
                + "21210024"
                + "20010db8000000000000000000000001"
                + "00000000000000000000000000000000"
                + "1388"
                + "01bb");
  }

  @Test
  void versionTwoSaysWhenNobodyIsKnown() {
    assertThat(ByteBufUtil.hexDump(ProxyHeader.of(ProxyProtocol.V2, "nobody", 443)))
        .isEqualTo(SIGNATURE + "20000000");
  }
}
