package io.pgrok.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardTest {

  private final Guard guard = new Guard(() -> Set.of("inspector.example.com"));

  private static HttpHeaders host(String host) {
    return new DefaultHttpHeaders().set("Host", host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:4040",
        "LOCALHOST",
        "127.0.0.1:4040",
        "[::1]:4040",
        "192.0.2.7",
        "inspector.example.com",
        "inspector.example.com:8080"
      })
  void ourOwnNamesMayCome(String host) {
    assertThat(guard.refusal(HttpMethod.GET, host(host))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:4040",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        ""
      })
  void namesThatOthersMadeLeadHereMayNot(String host) {
    assertThat(guard.refusal(HttpMethod.GET, host(host))).contains("Host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "null", "http://localhost:9999"})
  void pagesOfOtherOriginsMayNotAsk(String origin) {
    assertThat(guard.refusal(HttpMethod.DELETE, host("localhost:4040").set("Origin", origin)))
        .contains("another site");
    assertThat(
            guard.refusal(
                HttpMethod.GET, host("localhost:4040").set("Sec-Fetch-Site", "cross-site")))
        .contains("another site");
  }

  @Test
  void ourOwnPageMayAsk() {
    HttpHeaders headers =
        host("localhost:4040")
            .set("Origin", "http://localhost:4040")
            .set("Sec-Fetch-Site", "same-origin")
            .set("Content-Type", "application/json");
    assertThat(guard.refusal(HttpMethod.POST, headers)).isNull();
  }

  @Test
  void whatAFormCouldSendIsNotTaken() {
    HttpHeaders form =
        host("localhost:4040").set("Content-Type", "application/x-www-form-urlencoded");
    assertThat(guard.refusal(HttpMethod.POST, form)).contains("application/json");
  }
}
