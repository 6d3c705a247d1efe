package io.pgrok.agent.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustAnchorsTest {

  @TempDir Path directory;

  private static List<X509Certificate> trusted(TrustManagerFactory factory) {
    return Arrays.asList(((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers());
  }

  @Test
  void anAuthorityOfTheMachineIsTrustedBesideJavas() throws Exception {
    X509Bundle authority =
        new CertificateBuilder()
            .subject("CN=an authority of ours")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path store = Files.writeString(directory.resolve("store.pem"), authority.getCertificatePEM());

    List<X509Certificate> javas = trusted(TrustAnchors.withJavas(List.of()));
    List<X509Certificate> both =
        trusted(TrustAnchors.withJavas(List.of(directory.resolve("none"), store)));

    assertThat(both).containsAll(javas).contains(authority.getCertificate());
    assertThat(javas).doesNotContain(authority.getCertificate());
  }

  @Test
  void theStoreIsWhereOpensslsVariableSays() {
    assertThat(TrustAnchors.hostStore(Map.of("SSL_CERT_FILE", "/ours.pem")))
        .isEqualTo(Path.of("/ours.pem"));
    assertThat(TrustAnchors.hostStore(Map.of("SSL_CERT_FILE", ""))).isAbsolute();
  }

  @Test
  void aStoreThatHoldsNoneSaysWhichFileItIs() throws IOException {
    Path store = Files.writeString(directory.resolve("store.pem"), "nothing");
    assertThatThrownBy(() -> TrustAnchors.withJavas(List.of(store)))
        .isInstanceOfAny(IOException.class, GeneralSecurityException.class)
        .hasMessageContaining(store.toString());
  }
}
