package io.pgrok.pgrokd.certificate;

import io.pgrok.protocol.certificate.ServerNames;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority with one purpose: the server certificate of one pgrokd. */
public record CertificateAuthority(CertifiedKey identity) {
  static final Duration CA_VALIDITY = Duration.ofDays(3653);
  private static final int RSA_BITS = 2048;

  /** Peers whose clock is a little behind accept a fresh certificate, too. */
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  /** What an authority may certify; who trusts it then trusts it with nothing else. */
  public sealed interface Scope {
    /** Any name: for an authority that only pgrok's own agents are told to trust. */
    record Any() implements Scope {}

    /**
     * These names and the DNS names below them: for an authority that a person might install in a
     * browser.
     */
    record Only(ServerNames names) implements Scope {}
  }

  /**
   * Makes a key and a self-signed certificate, valid for ten years.
   *
   * <p>The authority's key is RSA: each agent verifies what it signed once at its start, in Java
   * code that has not been compiled yet, and that takes an elliptic-curve signature 0.3 s of CPU,
   * this one a few milliseconds. The servers' own keys, which sign each handshake, are of an
   * elliptic curve.
   *
   * @param commonName what people see in a list of certificates; cut at 64 characters
   */
  public static CertificateAuthority create(String commonName, Scope scope, Instant now) {
    KeyPair keys = rsaKeys();
    X500Principal name = name(commonName);
    try {
      X509v3CertificateBuilder builder =
          builder(name, name, keys, now, CA_VALIDITY)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      if (scope instanceof Scope.Only only) {
        builder.addExtension(Extension.nameConstraints, true, permitted(only));
      }
      return new CertificateAuthority(new CertifiedKey(sign(builder, keys), keys.getPrivate()));
    } catch (IOException e) {
      throw new IllegalStateException("Certificate extensions could not be encoded", e);
    }
  }

  /** Whether this authority's certificate carries exactly this limit. */
  boolean hasScope(Scope scope) {
    byte[] actual = identity.certificate().getExtensionValue(Extension.nameConstraints.getId());
    try {
      return switch (scope) {
        case Scope.Any() -> actual == null;
        case Scope.Only only ->
            Arrays.equals(actual, new DEROctetString(permitted(only)).getEncoded());
      };
    } catch (IOException e) {
      throw new IllegalStateException("Name constraints could not be encoded", e);
    }
  }

  /** Makes a key and a certificate for a server with these names, valid from now on. */
  public CertifiedKey issue(ServerNames names, Duration validity, Instant now) {
    KeyPair keys = curveKeys();
    X509Certificate ca = identity.certificate();
    try {
      X509v3CertificateBuilder builder =
          builder(ca.getSubjectX500Principal(), subject(names), keys, now, validity)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .addExtension(Extension.subjectAlternativeName, false, alternatives(names))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(ca));
      KeyPair signer = new KeyPair(ca.getPublicKey(), identity.key());
      return new CertifiedKey(sign(builder, signer), keys.getPrivate());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("Certificate extensions could not be encoded", e);
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, KeyPair keys, Instant now, Duration validity)
      throws IOException {
    try {
      return new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(159, RANDOM).setBit(158),
              Date.from(now.minus(CLOCK_SKEW)),
              Date.from(now.plus(validity)),
              subject,
              keys.getPublic())
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime lacks SHA-1", e);
    }
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder(CertifiedKey.signatureAlgorithm(signer.getPrivate()))
                      .build(signer.getPrivate())));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("The certificate could not be signed", e);
    }
  }

  private static KeyPair rsaKeys() {
    return newKeys("RSA", new RSAKeyGenParameterSpec(RSA_BITS, RSAKeyGenParameterSpec.F4));
  }

  private static KeyPair curveKeys() {
    return newKeys("EC", new ECGenParameterSpec("secp256r1"));
  }

  private static KeyPair newKeys(String algorithm, AlgorithmParameterSpec kind) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(kind, RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime lacks " + algorithm + " keys", e);
    }
  }

  /** Names live in the alternatives; the subject is only what people see. */
  private static X500Principal subject(ServerNames names) {
    return name(
        names.dns().stream().filter(dns -> !dns.startsWith("*.")).findFirst().orElse("pgrokd"));
  }

  private static GeneralNames alternatives(ServerNames names) {
    List<GeneralName> all = new ArrayList<>();
    for (String dns : names.dns()) {
      all.add(new GeneralName(GeneralName.dNSName, dns));
    }
    for (String address : names.addresses()) {
      all.add(new GeneralName(GeneralName.iPAddress, address));
    }
    return new GeneralNames(all.toArray(GeneralName[]::new));
  }

  private static NameConstraints permitted(Scope.Only only) {
    List<GeneralSubtree> trees = new ArrayList<>();
    for (String dns : only.names().dns()) {
      if (!dns.startsWith("*.")) {
        trees.add(new GeneralSubtree(new GeneralName(GeneralName.dNSName, dns)));
      }
    }
    for (String address : only.names().addresses()) {
      String network = address + (address.contains(":") ? "/128" : "/32");
      trees.add(new GeneralSubtree(new GeneralName(GeneralName.iPAddress, network)));
    }
    return new NameConstraints(trees.toArray(GeneralSubtree[]::new), null);
  }

  /** RFC 5280 allows a common name 64 characters. */
  private static X500Principal name(String commonName) {
    String cut = commonName.substring(0, Math.min(64, commonName.length()));
    return new X500Principal(
        "CN=\"" + cut.replace("\\", "\\\\").replace("\"", "\\\"") + "\", O=pgrok");
  }
}
