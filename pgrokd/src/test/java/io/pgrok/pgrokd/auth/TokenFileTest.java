package io.pgrok.pgrokd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.pgrokd.auth.Authenticator.Result;
import io.pgrok.protocol.grant.Grant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenFileTest {

  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  @TempDir Path dir;

  @Test
  void aListedTokenGivesItsNameAndGrant() throws IOException {
    TokenFile file =
        read(
            """
            tokens:
              - name: other
                sha256: %s
              - name: ci
                sha256: %s
                subdomains: [pr-*]
                hostnames: []
                tcpPorts: [7000-7010, 22]
                maxTunnels: 5
                expires: 2027-01-01T00:00:00Z
            """
                .formatted(TokenFile.hash("another"), TokenFile.hash("s3cret")));

    Identity identity = ((Result.Accepted) file.authenticate("s3cret", CLOCK)).identity();

    assertThat(identity.name()).isEqualTo("ci");
    assertThat(identity.expires()).isEqualTo("2027-01-01T00:00:00Z");
    assertThat(identity.grant().allowsSubdomain("pr-1")).isTrue();
    assertThat(identity.grant().allowsSubdomain("www")).isFalse();
    assertThat(identity.grant().allowsHostname("example.com")).isFalse();
    assertThat(identity.grant().allowsTcpPort(22)).isTrue();
    assertThat(identity.grant().allowsTcpPort(7011)).isFalse();
    assertThat(identity.grant().maxTunnels()).isEqualTo(5);
  }

  @Test
  void aTokenWithoutLimitsMayUseEverything() throws IOException {
    TokenFile file = read("tokens: [{name: all, sha256: %s}]".formatted(TokenFile.hash("t")));
    assertThat(file.authenticate("t", CLOCK))
        .isEqualTo(new Result.Accepted(new Identity("all", Grant.UNLIMITED, null)));
  }

  @Test
  void aWrongTokenIsRefusedWithoutSayingWhichExist() throws IOException {
    TokenFile file = read("tokens: [{name: all, sha256: %s}]".formatted(TokenFile.hash("t")));
    assertThat(file.authenticate("T", CLOCK)).isEqualTo(Authenticator.UNKNOWN);
    assertThat(file.authenticate(TokenFile.hash("t"), CLOCK)).isEqualTo(Authenticator.UNKNOWN);
  }

  @Test
  void anExpiredTokenIsRefusedWithThatReason() throws IOException {
    TokenFile file =
        read("tokens: [{name: old, sha256: %s, expires: %s}]".formatted(TokenFile.hash("t"), NOW));
    assertThat(file.authenticate("t", CLOCK))
        .isInstanceOfSatisfying(
            Result.Refused.class, refused -> assertThat(refused.reason()).contains("expired"));
  }

  @Test
  void anEmptyListIsNobody() throws IOException {
    assertThat(read("tokens: []").authenticate("t", CLOCK)).isEqualTo(Authenticator.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tokens:                                             | lists no tokens",
        "{}                                                  | lists no tokens",
        "tokens: [{sha256: aa}]                              | has no name",
        "tokens: [{name: a, token: plain}]                   | token",
        "tokens: [{name: a, sha256: short}]                  | 64 lower-case hexadecimal digits",
        "tokens: [{name: a, sha256: %s, maxTunnels: 0}]      | maxTunnels must be at least 1",
        "tokens: [{name: a, sha256: %s, tcpPorts: [x]}]      | no port or range",
        "tokens: [{name: a, sha256: %s, tcpPorts: [9-8]}]    | smaller first",
        "tokens: [{name: a, sha256: %s, subdomains: ['a_b']}]| no name pattern",
        "tokens: [{name: a, sha256: %s}, {name: b, sha256: %s}] | listed twice",
        "tokens: [                                           | not valid YAML",
      })
  void aFileThatCannotBeUsedNamesTheFix(String yaml, String reason) {
    assertThatThrownBy(() -> read(yaml.replace("%s", TokenFile.hash("t"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tokens.yml")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("plain");
  }

  private TokenFile read(String yaml) throws IOException {
    return TokenFile.read(Files.writeString(dir.resolve("tokens.yml"), yaml));
  }
}
