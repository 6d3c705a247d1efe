package io.pgrok.protocol.certificate;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;

/**
 * Reads private keys of every form that certificates' keys come in. The JDK knows PKCS #8; the
 * older forms lack only what kind of key they are, which the certificate says.
 */
final class PrivateKeys {

  private static final byte[] VERSION = {2, 1, 0};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 4;

  private PrivateKeys() {}

  /**
   * @param text in PEM
   * @param of the certificate's key
   * @throws IllegalArgumentException saying what is wrong, and nothing of the key
   */
  static PrivateKey read(String text, PublicKey of) {
    try {
      byte[] key =
          Pem.content("PRIVATE KEY", text)
              .or(() -> bare("RSA PRIVATE KEY", text, of))
              .or(() -> bare("EC PRIVATE KEY", text, of))
              .orElseThrow(() -> new IllegalArgumentException(missing(text)));
      return KeyFactory.getInstance(of.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(key));
    } catch (GeneralSecurityException unreadable) {
      // Its message may quote key material.
      throw new IllegalArgumentException(
          "the private key cannot be read, or is not of the certificate's kind, which is "
              + of.getAlgorithm());
    }
  }

  private static String missing(String text) {
    return text.contains("ENCRYPTED")
        ? "the private key is encrypted: give it without a passphrase"
        : "there is no private key in PEM";
  }

  /** Such a key, made PKCS #8. */
  private static Optional<byte[]> bare(String kind, String text, PublicKey of) {
    return Pem.content(kind, text)
        .map(key -> der(SEQUENCE, VERSION, algorithm(of), der(OCTET_STRING, key)));
  }

  /** What kind of key it is: the first element of an encoded public key, as PKCS #8 wants it. */
  private static byte[] algorithm(PublicKey key) {
    ByteBuffer der = ByteBuffer.wrap(key.getEncoded());
    enter(der);
    int from = der.position();
    int length = enter(der);
    byte[] algorithm = new byte[der.position() - from + length];
    der.get(from, algorithm);
    return algorithm;
  }

  /** Reads a tag and the length of what follows. */
  private static int enter(ByteBuffer der) {
    der.get();
    int length = der.get() & 0xff;
    if (length < 0x80) {
      return length;
    }
    int bytes = length & 0x7f;
    length = 0;
    for (int i = 0; i < bytes; i++) {
      length = length << 8 | (der.get() & 0xff);
    }
    return length;
  }

  private static byte[] der(int tag, byte[]... contents) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    for (byte[] content : contents) {
      inner.writeBytes(content);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    writeLength(whole, inner.size());
    whole.writeBytes(inner.toByteArray());
    return whole.toByteArray();
  }

  /** Keys are shorter than 64 KiB. */
  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
  }

  /** Whether the two are a pair. */
  static boolean fit(PrivateKey secret, PublicKey shown) {
    if (secret instanceof RSAPrivateKey one && shown instanceof RSAPublicKey other) {
      return one.getModulus().equals(other.getModulus());
    }
    try {
      byte[] text = {1};
      Signature signature =
          Signature.getInstance(
              shown.getAlgorithm().equals("EC") ? "SHA256withECDSA" : shown.getAlgorithm());
      signature.initSign(secret);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(shown);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException otherKinds) {
      return false;
    }
  }
}
