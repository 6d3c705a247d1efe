package io.pgrok.protocol.message;

import io.pgrok.protocol.message.Message.StartProxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The one message that each visitor costs, without a tree of JSON in between: the same bytes that
 * {@link MessageJson} would write, and only those are read. Everything else is left to it.
 */
final class StartProxyJson {

  private static final byte[] URL = ascii("{\"Type\":\"StartProxy\",\"Payload\":{\"Url\":\"");
  private static final byte[] CLIENT = ascii("\",\"ClientAddr\":\"");
  private static final byte[] END = ascii("\"}}");
  private static final byte[] PROBE_END = ascii("\",\"Probe\":true}}");

  private StartProxyJson() {}

  /** Null when a character would have to be escaped. */
  static byte @Nullable [] write(StartProxy start) {
    byte[] url = start.url().getBytes(StandardCharsets.UTF_8);
    byte[] client = start.clientAddr().getBytes(StandardCharsets.UTF_8);
    if (plainUntil(url, 0) != url.length || plainUntil(client, 0) != client.length) {
      return null;
    }
    byte[] end = start.probe() ? PROBE_END : END;
    byte[] json = new byte[URL.length + url.length + CLIENT.length + client.length + end.length];
    int at = 0;
    for (byte[] part : new byte[][] {URL, url, CLIENT, client, end}) {
      System.arraycopy(part, 0, json, at, part.length);
      at += part.length;
    }
    return json;
  }

  /** Null when it is something else, or written in another way. */
  static @Nullable StartProxy read(byte[] json) {
    if (!isAt(json, 0, URL)) {
      return null;
    }
    int urlEnd = plainUntil(json, URL.length);
    if (!isAt(json, urlEnd, CLIENT)) {
      return null;
    }
    int client = urlEnd + CLIENT.length;
    int clientEnd = plainUntil(json, client);
    boolean probe = isRest(json, clientEnd, PROBE_END);
    if (!probe && !isRest(json, clientEnd, END)) {
      return null;
    }
    return new StartProxy(text(json, URL.length, urlEnd), text(json, client, clientEnd), probe);
  }

  /** The first byte that stands for more, or less, than itself in a JSON string. */
  private static int plainUntil(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length
        && bytes[at] >= ' '
        && bytes[at] < 0x7f
        && bytes[at] != '"'
        && bytes[at] != '\\') {
      at++;
    }
    return at;
  }

  private static boolean isAt(byte[] bytes, int from, byte[] part) {
    int to = from + part.length;
    return to <= bytes.length && Arrays.equals(bytes, from, to, part, 0, part.length);
  }

  private static boolean isRest(byte[] bytes, int from, byte[] part) {
    return from + part.length == bytes.length && isAt(bytes, from, part);
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
