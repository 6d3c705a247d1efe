package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.Access;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import io.pgrok.protocol.agent.AgentConfig.VisitorConfig;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What visitors of a Tunnel must bring. Pure, given the Secrets.
 *
 * @param auth {@code user:password}; null for none
 * @param rules the rest; null for none
 */
record Demands(@Nullable String auth, @Nullable VisitorConfig rules) {

  private static final int KEY_BYTES = 32;
  private static final String SHARE_KEY = "key";

  static Resolution<Demands> of(Tunnel tunnel, SecretReader secrets) {
    var access = tunnel.getSpec().access();
    return auth(access, secrets)
        .then(auth ->
            shareKey(tunnel, secrets)
                .then(key ->
                    Resolution.of(
                        new Demands(auth.orElse(null), rules(tunnel, key.orElse(null))))));
  }

  /** The Secret with the key of a Tunnel's share links; empty when it has none. */
  static Optional<String> shareSecret(Tunnel tunnel) {
    return share(tunnel)
        .map(share ->
            Objects.requireNonNullElseGet(share.secretName(), () -> ownShareSecret(tunnel)));
  }

  /** Whether the operator makes the share key, since the Tunnel names none. */
  static boolean makesShareKey(Tunnel tunnel) {
    return share(tunnel).filter(share -> share.secretName() == null).isPresent();
  }

  private static Optional<Access.Share> share(Tunnel tunnel) {
    return Optional.ofNullable(tunnel.getSpec())
        .flatMap(spec -> Optional.ofNullable(spec.access()))
        .flatMap(access -> Optional.ofNullable(access.share()));
  }

  private static String ownShareSecret(Tunnel tunnel) {
    return tunnel.getMetadata().getName() + "-share";
  }

  private static Resolution<Optional<String>> auth(@Nullable Access access, SecretReader secrets) {
    if (access == null || access.basicAuth() == null) {
      return Resolution.of(Optional.empty());
    }
    String name = access.basicAuth().secretName();
    return secrets
        .line(name, "username")
        .then(user ->
            user.contains(":")
                ? SecretReader.invalid(name, "username", "must not contain a colon")
                : secrets
                    .line(name, "password")
                    .then(password -> Resolution.of(Optional.of(user + ":" + password))));
  }

  private static Resolution<Optional<String>> shareKey(Tunnel tunnel, SecretReader secrets) {
    var name = shareSecret(tunnel);
    if (name.isEmpty()) {
      return Resolution.of(Optional.empty());
    }
    if (makesShareKey(tunnel) && !secrets.has(name.get())) {
      return Resolution.blocked(Reason.REGISTERING, "the key of its share links is being made");
    }
    return secrets
        .text(name.get(), SHARE_KEY)
        .then(key ->
            isKey(key)
                ? Resolution.of(Optional.of(key))
                : SecretReader.invalid(name.get(), SHARE_KEY, "must be 32 bytes in base64"));
  }

  private static boolean isKey(String text) {
    try {
      return Base64.getDecoder().decode(text).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static @Nullable VisitorConfig rules(Tunnel tunnel, @Nullable String shareKey) {
    var spec = tunnel.getSpec();
    List<String> cidrs =
        spec.access() == null || spec.access().allowedCidrs() == null
            ? List.of()
            : spec.access().allowedCidrs();
    Boolean redirect = Boolean.TRUE.equals(spec.redirectHttps()) ? true : null;
    return cidrs.isEmpty() && redirect == null && shareKey == null
        ? null
        : new VisitorConfig(cidrs, redirect, shareKey);
  }
}
