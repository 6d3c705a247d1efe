package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProxyTest {

  private static final HostPort SERVER = new HostPort("tunnels.example.com", 4443);

  @Test
  void readsUrlsWithAndWithoutPortAndUser() {
    assertThat(HttpProxy.parse("http://proxy:3128"))
        .isEqualTo(new HttpProxy(new HostPort("proxy", 3128), ""));
    assertThat(HttpProxy.parse("http://proxy").address().port()).isEqualTo(80);
    assertThat(HttpProxy.parse("http://me:secret@[::1]:3128").address())
        .isEqualTo(new HostPort("::1", 3128));
    assertThat(HttpProxy.parse("http://Aladdin:open%20sesame@proxy").authorization())
        .isEqualTo("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  }

  @ParameterizedTest
  @ValueSource(strings = {"proxy:3128", "socks5://proxy", "http://", "http://a b"})
  void refusesOtherUrlsWithoutQuotingThem(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpProxy.parse(url))
        .withMessage("must be a URL such as http://proxy.example.com:3128");
  }

  @Test
  void theEnvironmentIsFollowedUnlessItMakesAnException() {
    assertThat(HttpProxy.of(Map.of("http_proxy", "http://proxy:1"), SERVER)).isNotNull();
    assertThat(HttpProxy.of(Map.of(), SERVER)).isNull();
    for (String exception :
        new String[] {"*", "example.com", ".example.com", "a, tunnels.example.com"}) {
      assertThat(
              HttpProxy.of(Map.of("http_proxy", "http://proxy:1", "no_proxy", exception), SERVER))
          .as(exception)
          .isNull();
    }
    assertThat(
            HttpProxy.of(Map.of("http_proxy", "http://proxy:1", "no_proxy", "ample.com"), SERVER))
        .isNotNull();
  }

  @Test
  void aServerOnThisMachineNeedsNoProxyOfTheEnvironment() {
    assertThat(HttpProxy.of(Map.of("http_proxy", "http://proxy:1"), new HostPort("localhost", 1)))
        .isNull();
  }

  @Test
  void thePasswordDoesNotShow() {
    assertThat(HttpProxy.parse("http://me:secret@proxy").toString()).doesNotContain("secret");
  }
}
