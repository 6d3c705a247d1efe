package io.pgrok.pgrokd.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgrok.protocol.certificate.ServerNames;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void readsKeysOfAllKindsThatCertificatesHave(String kind) throws Exception {
    var key = KeyPairGenerator.getInstance(kind).generateKeyPair().getPrivate();

    assertThat(Pem.readPlainKey("a comment\n" + Pem.of(key))).contains(key);
  }

  @Test
  void leavesKeysOfOtherFormsToOthers() {
    assertThat(
            Pem.readPlainKey(
                "-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----\n"))
        .isEmpty();
  }

  @Test
  void readsAllCertificatesOfAFileAndNothingElseInIt() {
    var authority =
        CertificateAuthority.create("test", new CertificateAuthority.Scope.Any(), Instant.now());
    CertifiedKey server =
        authority.issue(ServerNames.of("pgrok.test", List.of()), Duration.ofDays(1), Instant.now());
    String text =
        Pem.of(server.certificate())
            + "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
            + Pem.of(authority.identity().certificate());

    assertThat(Pem.readChain(text))
        .containsExactly(server.certificate(), authority.identity().certificate());
    assertThatIllegalArgumentException().isThrownBy(() -> Pem.readChain("no certificate"));
  }
}
