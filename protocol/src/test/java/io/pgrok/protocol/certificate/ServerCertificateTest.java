package io.pgrok.protocol.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.nio.ByteBuffer;
import java.security.PrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerCertificateTest {

  private static X509Bundle bundle(Algorithm algorithm) throws Exception {
    return new CertificateBuilder()
        .subject("CN=ignored.example.org")
        .addSanDnsName("Shop.example.org")
        .addSanDnsName("www.example.org")
        .algorithm(algorithm)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static ServerCertificate parse(X509Bundle bundle, String key) {
    return ServerCertificate.parse(bundle.getCertificatePathPEM(), key);
  }

  /** PKCS #8 is a version, the kind of key and, last of all, the key in its older form. */
  private static String bare(String kind, PrivateKey key) {
    ByteBuffer der = ByteBuffer.wrap(key.getEncoded());
    enter(der);
    skip(der);
    skip(der);
    byte[] inner = new byte[enter(der)];
    der.get(inner);
    return Pem.block(kind, inner);
  }

  private static int enter(ByteBuffer der) {
    der.get();
    int first = der.get() & 0xff;
    return first < 0x80 ? first : first == 0x81 ? der.get() & 0xff : der.getShort() & 0xffff;
  }

  private static void skip(ByteBuffer der) {
    int length = enter(der);
    der.position(der.position() + length);
  }

  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"ecp256", "ecp384", "rsa2048", "ed25519"})
  void readsKeysOfAllKindsThatCertificatesHave(Algorithm algorithm) throws Exception {
    X509Bundle bundle = bundle(algorithm);

    ServerCertificate read = parse(bundle, bundle.getPrivateKeyPEM());

    assertThat(read.key()).isEqualTo(bundle.getKeyPair().getPrivate());
    assertThat(read.chain()).containsExactly(bundle.getCertificate());
    assertThat(read.names().cover("shop.example.org")).isTrue();
    assertThat(read.names().cover("www.example.org")).isTrue();
    assertThat(read.names().cover("ignored.example.org")).isFalse();
    assertThat(ServerCertificate.parse(read.chainPem(), read.keyPem())).isEqualTo(read);
  }

  @Test
  void readsKeysAsOpensslAndCertManagerWriteThem() throws Exception {
    X509Bundle rsa = bundle(Algorithm.rsa2048);
    assertThat(parse(rsa, bare("RSA PRIVATE KEY", rsa.getKeyPair().getPrivate())).key())
        .isEqualTo(rsa.getKeyPair().getPrivate());

    X509Bundle ec = bundle(Algorithm.ecp256);
    String withParameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
            + bare("EC PRIVATE KEY", ec.getKeyPair().getPrivate());
    assertThat(parse(ec, withParameters).key()).isEqualTo(ec.getKeyPair().getPrivate());
  }

  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"ecp256", "rsa2048", "ed25519"})
  void aKeyOfAnotherCertificateIsRefused(Algorithm algorithm) throws Exception {
    String other = bundle(algorithm).getPrivateKeyPEM();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(bundle(algorithm), other))
        .withMessage("the private key is not that of the first certificate");
  }

  @Test
  void saysWhatIsWrongAndNothingOfTheKey() throws Exception {
    X509Bundle bundle = bundle(Algorithm.ecp256);
    String key = bundle.getPrivateKeyPEM();

    refused("no certificate", key, "there is no certificate in PEM");
    refused(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        key,
        "a certificate cannot be read");
    refused(bundle.getCertificatePEM().repeat(11), key, "11 certificates are too many");
    refused(bundle.getCertificatePEM(), "", "there is no private key in PEM");
    refused(
        bundle.getCertificatePEM(),
        key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
        "the private key is encrypted");
    refused(
        bundle.getCertificatePEM(),
        bundle(Algorithm.rsa2048).getPrivateKeyPEM(),
        "not of the certificate's kind, which is EC");
    refused(
        bundle.getCertificatePEM(),
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
        "the private key cannot be read");
  }

  private static void refused(String chain, String key, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerCertificate.parse(chain, key))
        .withMessageContaining(why)
        .withMessageNotContaining("c2VjcmV0");
  }
}
