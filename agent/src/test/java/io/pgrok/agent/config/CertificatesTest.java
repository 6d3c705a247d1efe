package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import io.pgrok.protocol.message.ShownCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {

  @TempDir Path dir;
  private X509Bundle own;

  @BeforeEach
  void issue() throws Exception {
    own =
        new CertificateBuilder()
            .algorithm(CertificateBuilder.Algorithm.ecp256)
            .subject("cn=shop")
            .addSanDnsName("shop.example.org")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  private static TunnelSpec tunnel(String proto, String crt, String key) throws Exception {
    String file =
        """
        tunnels:
          shop.example.org:
            proto: {%s: 8080}
            certificate:
              crt: "%s"
              key: "%s"
        """
            .formatted(proto, crt.replace("\n", "\\n"), key.replace("\n", "\\n"));
    return SessionSpecs.resolve(new ConfigText("a", "a.yml", file), Flags.NONE)
        .tunnels()
        .getFirst();
  }

  private static void refused(String proto, String crt, String key, String... why) {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> tunnel(proto, crt, key))
        .satisfies(e -> assertThat(e.getMessage()).contains("a.yml").contains(why));
  }

  @Test
  void isTextAsTheOperatorWritesIt() throws Exception {
    TunnelSpec tunnel = tunnel("http+https", own.getCertificatePEM(), own.getPrivateKeyPEM());

    ShownCertificate shown = tunnel.certificate();
    assertThat(shown).isNotNull();
    assertThat(shown.chain()).contains("BEGIN CERTIFICATE");
    assertThat(shown.key()).contains("BEGIN PRIVATE KEY");
    assertThat(tunnel.toString() + shown).doesNotContain("PRIVATE KEY");
  }

  @Test
  void isTwoFilesAsPeopleHaveThem() throws Exception {
    Path crt = Files.writeString(dir.resolve("tls.crt"), own.getCertificatePEM());
    Path key = Files.writeString(dir.resolve("tls.key"), own.getPrivateKeyPEM());

    assertThat(tunnel("https", crt.toString(), key.toString()).certificate())
        .isEqualTo(tunnel("https", own.getCertificatePEM(), own.getPrivateKeyPEM()).certificate());
  }

  @Test
  void mistakesAreNamedWithTheirLine() {
    String crt = own.getCertificatePEM();
    refused("http", crt, own.getPrivateKeyPEM(), "certificate", "needs https");
    refused("https", crt, "no-such-file", "key", "path of a PEM file that can be read");
    refused("https", crt, crt, "certificate", "there is no private key in PEM");
  }
}
