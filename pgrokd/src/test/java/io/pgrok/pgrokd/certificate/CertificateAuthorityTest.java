package io.pgrok.pgrokd.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.pgrokd.certificate.CertificateAuthority.Scope;
import io.pgrok.protocol.certificate.ServerNames;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration YEAR = Duration.ofDays(365);

  private final CertificateAuthority authority =
      CertificateAuthority.create("test CA", new Scope.Any(), NOW);

  @Test
  void serverCertificateCarriesDomainWildcardAndFurtherNames() {
    ServerNames names =
        ServerNames.of("Tunnels.Example.com", List.of("pgrokd.edge.svc", "10.0.0.7", "::1"));

    X509Certificate certificate = authority.issue(names, YEAR, NOW).certificate();

    assertThat(ServerNames.of(certificate).dns())
        .containsExactly("*.tunnels.example.com", "pgrokd.edge.svc", "tunnels.example.com");
    assertThat(ServerNames.of(certificate).addresses())
        .containsExactly("0:0:0:0:0:0:0:1", "10.0.0.7");
    assertThat(ServerNames.of(certificate)).isEqualTo(names);
  }

  @Test
  void theJdkAcceptsTheChainForTlsServers() throws Exception {
    X509Certificate certificate = issue("tunnels.example.com");

    validate(certificate, NOW);

    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
  }

  @Test
  void certificatesLastAsLongAsAskedAndTheAuthorityTenYears() {
    assertThat(validity(authority.identity().certificate())).isGreaterThan(Duration.ofDays(3650));
    assertThat(validity(issue("a.example"))).isBetween(YEAR, YEAR.plusDays(1));
  }

  @Test
  void aPeerWithASlowClockAcceptsAFreshCertificate() throws Exception {
    validate(issue("a.example"), NOW.minus(Duration.ofMinutes(30)));
  }

  @Test
  void aScopedAuthorityIsRefusedForOtherNames() throws Exception {
    ServerNames own = ServerNames.of("example.com", List.of("127.0.0.1"));
    CertificateAuthority scoped = CertificateAuthority.create("scoped", new Scope.Only(own), NOW);

    validateNames(scoped, scoped.issue(own, YEAR, NOW).certificate());

    for (String foreign : List.of("bank.example", "10.0.0.1")) {
      X509Certificate forged =
          scoped.issue(ServerNames.of(List.of(foreign)), YEAR, NOW).certificate();
      assertThatThrownBy(() -> validateNames(scoped, forged))
          .isInstanceOf(CertPathValidatorException.class);
    }
  }

  @Test
  void everyCertificateHasItsOwnSerialNumberAndKey() {
    X509Certificate one = issue("a.example");
    X509Certificate two = issue("a.example");

    assertThat(one.getSerialNumber()).isPositive().isNotEqualTo(two.getSerialNumber());
    assertThat(one.getPublicKey()).isNotEqualTo(two.getPublicKey());
  }

  @Test
  void agentsVerifyRsaAndServersSignWithACurve() {
    X509Certificate issued = issue("a.example");

    assertThat(issued.getSigAlgName()).isEqualTo("SHA256withRSA");
    assertThat(issued.getPublicKey().getAlgorithm()).isEqualTo("EC");
  }

  /** As versions before made them. */
  @Test
  void anAuthorityWithACurveGoesOn() {
    ServerNames names = ServerNames.of(List.of("a.example"));
    CertificateAuthority curve = new CertificateAuthority(authority.issue(names, YEAR, NOW));

    CertifiedKey issued = curve.issue(names, YEAR, NOW);

    assertThat(issued.certificate().getSigAlgName()).isEqualTo("SHA256withECDSA");
    assertThat(Renewal.ofAuthority(curve, Duration.ZERO, NOW)).isEmpty();
    assertThat(Renewal.ofServer(issued, curve, names, Duration.ZERO, NOW)).isEmpty();
  }

  @Test
  void longAndOddNamesStayInTheSubject() {
    String odd = "a \"quoted\\\" name, O=bank " + "x".repeat(80);

    X509Certificate ca =
        CertificateAuthority.create(odd, new Scope.Any(), NOW).identity().certificate();

    assertThat(ca.getSubjectX500Principal().getName("RFC1779")).endsWith(", O=pgrok");
  }

  @Test
  void pemTextReadsBackAsTheSamePair() {
    CertifiedKey issued = authority.issue(ServerNames.of(List.of("a.example")), YEAR, NOW);

    CertifiedKey read = Pem.read(Pem.of(issued.certificate()), Pem.of(issued.key()));

    assertThat(read).isEqualTo(issued);
    assertThat(read.toString()).contains("a.example").doesNotContain("PrivateKey");
  }

  @Test
  void damagedPemIsNamedWithoutQuotingTheKey() {
    CertifiedKey issued = authority.issue(ServerNames.of(List.of("a.example")), YEAR, NOW);
    String certificate = Pem.of(issued.certificate());
    String key = Pem.of(issued.key());

    assertThatThrownBy(() -> Pem.read("rubbish", key)).hasMessageContaining("certificate");
    assertThatThrownBy(() -> Pem.read(certificate, "rubbish")).hasMessageContaining("private key");
    assertThatThrownBy(
            () -> Pem.read(certificate, certificate.replace("CERTIFICATE", "PRIVATE KEY")))
        .hasMessage("neither an EC nor an RSA private key")
        .hasNoCause();
  }

  @Test
  void namesThatNoCertificateCanCarryAreRefused() {
    for (String bad :
        List.of("", "under_score.example", "https://a.example", "a.example:443", "-a.b")) {
      assertThatThrownBy(() -> ServerNames.of(List.of(bad)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + bad + "'");
    }
  }

  private X509Certificate issue(String domain) {
    return authority.issue(ServerNames.of(domain, List.of()), YEAR, NOW).certificate();
  }

  private static Duration validity(X509Certificate certificate) {
    return Duration.between(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  private void validate(X509Certificate certificate, Instant at) throws Exception {
    CertPathValidator validator = CertPathValidator.getInstance("PKIX");
    validate(validator, new TrustAnchor(authority.identity().certificate(), null), certificate, at);
  }

  /** Like a browser or OpenSSL: Java itself ignores what a trust anchor says about names. */
  private static void validateNames(CertificateAuthority scoped, X509Certificate certificate)
      throws Exception {
    X509Certificate ca = scoped.identity().certificate();
    byte[] constraints = ASN1OctetString.getInstance(ca.getExtensionValue("2.5.29.30")).getOctets();
    validate(
        CertPathValidator.getInstance("PKIX", new BouncyCastleProvider()),
        new TrustAnchor(ca.getSubjectX500Principal(), ca.getPublicKey(), constraints),
        certificate,
        NOW);
  }

  private static void validate(
      CertPathValidator validator, TrustAnchor anchor, X509Certificate certificate, Instant at)
      throws Exception {
    PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    validator.validate(
        CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
  }
}
