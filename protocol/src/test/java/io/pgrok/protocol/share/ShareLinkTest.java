package io.pgrok.protocol.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.protocol.share.ShareLink.Verdict;
import java.net.URI;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShareLinkTest {

  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(60);

  private final ShareLink share = ShareLink.of(KEY);

  @Test
  void theSignatureIsTheDocumentedOne() {
    // printf 'a.test\n1795521660' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00…00 -binary |
    // basenc --base64url
    assertThat(share.sign("a.test", LATER))
        .isEqualTo("1795521660.7RDnht8HhFCwdARI875ti_3t6eEaY5xoOPtOilFLOCU");
  }

  @Test
  void aLinkKeepsPathAndQuery() {
    String value = share.sign("a.test", LATER);
    assertThat(share.link(URI.create("https://a.test"), LATER))
        .hasToString("https://a.test/?pgrok_share=" + value);
    assertThat(share.link(URI.create("https://A.test:8443/x%20y?b=c"), LATER))
        .hasToString("https://A.test:8443/x%20y?b=c&pgrok_share=" + value);
    assertThatThrownBy(() -> share.link(URI.create("a.test"), LATER))
        .hasMessageContaining("https://");
  }

  @Test
  void aLinkIsGoodForItsHostAndTime() {
    String value = share.sign("a.test", LATER);
    assertThat(share.check("a.test", value, NOW)).isEqualTo(new Verdict.Good(LATER));
    assertThat(share.check("A.TEST", value, NOW)).isEqualTo(new Verdict.Good(LATER));
    assertThat(share.check("b.test", value, NOW)).isEqualTo(new Verdict.Forged());
    assertThat(share.check("a.test", value, LATER)).isEqualTo(new Verdict.Expired());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "1795521660", "1795521660.", "x.y", "-1.x", "1e9.x", "999999999999.x"})
  void anythingElseIsForged(String value) {
    assertThat(share.check("a.test", value, NOW)).isEqualTo(new Verdict.Forged());
  }

  @Test
  void aLongerTimeUnderTheSameSignatureIsForged() {
    String value = share.sign("a.test", LATER);
    String longer = "9" + value.substring(1);
    assertThat(share.check("a.test", longer, NOW)).isEqualTo(new Verdict.Forged());
  }

  @Test
  void aLinkOfAnotherKeyIsForged() {
    byte[] other = new byte[32];
    other[0] = 1;
    String value = ShareLink.of(Base64.getEncoder().encodeToString(other)).sign("a.test", LATER);
    assertThat(share.check("a.test", value, NOW)).isEqualTo(new Verdict.Forged());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "c2hvcnQ=", "not base64!"})
  void aKeyThatIsTooShortOrNoBase64SaysHowToMakeOne(String key) {
    assertThatThrownBy(() -> ShareLink.of(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("openssl rand -base64 32");
  }
}
