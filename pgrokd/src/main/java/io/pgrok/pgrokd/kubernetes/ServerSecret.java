package io.pgrok.pgrokd.kubernetes;

import io.pgrok.pgrokd.auth.SigningKey;
import io.pgrok.pgrokd.certificate.CertificateAuthority;
import io.pgrok.pgrokd.certificate.CertificateAuthority.Scope;
import io.pgrok.pgrokd.certificate.CertifiedKey;
import io.pgrok.pgrokd.certificate.Pem;
import io.pgrok.pgrokd.certificate.Renewal;
import io.pgrok.protocol.certificate.ServerNames;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What pgrokd keeps for itself: completed where something is missing, renewed where it ends. */
final class ServerSecret {
  static final String TOKEN = "token";
  static final String CA = "ca.crt";
  static final String CA_KEY = "ca.key";
  static final String CERTIFICATE = "tls.crt";
  static final String KEY = "tls.key";
  static final String SIGNING_KEY = "signing.jwk";
  static final String PUBLIC_KEYS = "jwks.json";

  private static final Set<String> KEYS =
      Set.of(TOKEN, CA, CA_KEY, CERTIFICATE, KEY, SIGNING_KEY, PUBLIC_KEYS);

  private static final Logger LOG = LoggerFactory.getLogger(ServerSecret.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Looked at when a pod starts, so what a pod starts with must last as long as it may run: 400
   * days, longer than any Kubernetes version is supported. 825 days are the most that clients
   * accept of a certificate from a private authority.
   */
  private static final Duration VALIDITY = Duration.ofDays(825);

  private static final Duration REMAINING = Duration.ofDays(400);

  private ServerSecret() {}

  /** What its keys must hold, given what they hold now. */
  static Map<String, String> complete(
      Map<String, String> current, Given given, ServerNames names, Instant now) {
    Map<String, String> data = new TreeMap<>(current);
    // Whatever else is in the Secret is not ours, and perhaps not even text.
    data.keySet().retainAll(KEYS);
    if (given.token() == null) {
      data = withToken(data);
    }
    if (!given.certificate()) {
      data = withCertificate(data, names, now);
    }
    return withSigningKey(data);
  }

  /** As if no key had been made yet; its public half stays, for the tokens that it signed. */
  static Map<String, String> withoutSigningKey(Map<String, String> current) {
    Map<String, String> data = new TreeMap<>(current);
    data.remove(SIGNING_KEY);
    return data;
  }

  /**
   * The key that the operator signs tokens with, and the public keys that this server accepts: its
   * own and those of earlier ones, whose tokens are good until they end.
   */
  private static Map<String, String> withSigningKey(Map<String, String> current) {
    SigningKey key = signingKey(current.getOrDefault(SIGNING_KEY, ""));
    Map<String, String> all = new TreeMap<>(current);
    String earlier = current.getOrDefault(PUBLIC_KEYS, "");
    if (!current.getOrDefault(SIGNING_KEY, "").isBlank() && key.isIn(earlier)) {
      return all;
    }
    all.put(SIGNING_KEY, key.toJwk());
    try {
      all.put(PUBLIC_KEYS, key.addTo(earlier));
    } catch (IOException damaged) {
      LOG.warn("made anew key={} reason=\"{}\"", PUBLIC_KEYS, damaged.getMessage());
      all.put(PUBLIC_KEYS, key.toJwks());
    }
    return all;
  }

  private static SigningKey signingKey(String kept) {
    if (!kept.isBlank()) {
      try {
        return SigningKey.parse(kept);
      } catch (IOException damaged) {
        LOG.warn("made anew key={} reason=\"{}\"", SIGNING_KEY, damaged.getMessage());
      }
    }
    SigningKey made = SigningKey.create();
    LOG.info("signing key made id={}", made.id());
    return made;
  }

  /** A random token is made once and then kept. The prefix lets secret scanners find it. */
  private static Map<String, String> withToken(Map<String, String> current) {
    if (!current.getOrDefault(TOKEN, "").isBlank()) {
      return current;
    }
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    Map<String, String> all = new TreeMap<>(current);
    all.put(TOKEN, "pgrok_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    return all;
  }

  /**
   * The authority is made once and kept for years, so that agents that trust it go on; the
   * certificate follows the names.
   */
  private static Map<String, String> withCertificate(
      Map<String, String> current, ServerNames names, Instant now) {
    CertificateAuthority authority = authority(current, now);
    Map<String, String> data = with(current, CA, CA_KEY, authority.identity());
    Optional<CertifiedKey> served = pair(data, CERTIFICATE, KEY);
    Optional<String> reason =
        served.isEmpty()
            ? Optional.of("none yet")
            : Renewal.ofServer(served.get(), authority, names, REMAINING, now);
    if (reason.isEmpty()) {
      return data;
    }
    LOG.info("certificate issued names={} reason=\"{}\"", names.dns(), reason.get());
    return with(data, CERTIFICATE, KEY, authority.issue(names, VALIDITY, now));
  }

  private static CertificateAuthority authority(Map<String, String> current, Instant now) {
    Optional<CertificateAuthority> kept = pair(current, CA, CA_KEY).map(CertificateAuthority::new);
    Optional<String> reason =
        kept.isEmpty() ? Optional.of("none yet") : Renewal.ofAuthority(kept.get(), REMAINING, now);
    if (reason.isEmpty()) {
      return kept.get();
    }
    LOG.info("authority made reason=\"{}\"", reason.get());
    return CertificateAuthority.create("pgrokd CA", new Scope.Any(), now);
  }

  private static Optional<CertifiedKey> pair(
      Map<String, String> data, String certificate, String key) {
    String certificateText = data.getOrDefault(certificate, "");
    String keyText = data.getOrDefault(key, "");
    if (certificateText.isEmpty() || keyText.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Pem.read(certificateText, keyText));
    } catch (IllegalArgumentException damaged) {
      LOG.warn("made anew key={} reason=\"{}\"", certificate, damaged.getMessage());
      return Optional.empty();
    }
  }

  private static Map<String, String> with(
      Map<String, String> data, String certificate, String key, CertifiedKey pair) {
    Map<String, String> all = new TreeMap<>(data);
    all.put(certificate, Pem.of(pair.certificate()));
    all.put(key, Pem.of(pair.key()));
    return all;
  }
}
