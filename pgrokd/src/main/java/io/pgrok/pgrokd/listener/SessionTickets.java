package io.pgrok.pgrokd.listener;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.pgrok.pgrokd.listener.ServerTls.Identity;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys with which BoringSSL seals what visitors bring back to resume a session. A key opens
 * recorded handshakes of its time, so that it lives for hours only and is kept nowhere. The JDK's
 * TLS looks after its own.
 */
final class SessionTickets {

  private static final Duration LIFETIME = Duration.ofHours(6);

  private final SecureRandom random = new SecureRandom();
  private OpenSslSessionTicketKey current = fresh();
  private @Nullable OpenSslSessionTicketKey previous;
  private long since = System.nanoTime();

  private OpenSslSessionTicketKey fresh() {
    return new OpenSslSessionTicketKey(
        bytes(OpenSslSessionTicketKey.NAME_SIZE),
        bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
        bytes(OpenSslSessionTicketKey.AES_KEY_SIZE));
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Seals with the present keys. */
  synchronized void give(List<Identity> identities) {
    OpenSslSessionTicketKey[] keys =
        previous == null
            ? new OpenSslSessionTicketKey[] {current}
            : new OpenSslSessionTicketKey[] {current, previous};
    for (Identity identity : identities) {
      if (identity.context().sessionContext() instanceof OpenSslSessionContext sessions) {
        sessions.setTicketKeys(keys);
      }
    }
  }

  /** Takes another key when the present one has lived long enough. */
  synchronized void renew(List<Identity> identities) {
    if (System.nanoTime() - since >= LIFETIME.toNanos()) {
      since = System.nanoTime();
      previous = current;
      current = fresh();
      give(identities);
    }
  }
}
