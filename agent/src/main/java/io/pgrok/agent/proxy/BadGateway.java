package io.pgrok.agent.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.protocol.message.Unserved;

/**
 * What a visitor of an HTTP tunnel gets when the private service cannot be reached, unless the
 * server knows another agent that reaches it ({@link Unserved}).
 */
final class BadGateway {

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <meta name="color-scheme" content="light dark">
      <title>502 Bad Gateway</title>
      <body style="font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem">
      <h1 style="font-size: 1.4rem">The private service of this tunnel does not answer</h1>
      <p>The tunnel is open, but nothing listens where it leads. Is the application running?</p>
      </body>
      </html>
      """;

  private static final byte[] ANSWER = answer(Unserved.HEADER + ": 1\r\n");

  private static final byte[] FINAL_ANSWER = answer("");

  private BadGateway() {}

  static ByteBuf answer() {
    return Unpooled.wrappedBuffer(ANSWER);
  }

  /** For a request that the private service may have got: it is not asked again elsewhere. */
  static ByteBuf finalAnswer() {
    return Unpooled.wrappedBuffer(FINAL_ANSWER);
  }

  private static byte[] answer(String unserved) {
    return (head(unserved, PAGE.getBytes(UTF_8).length) + PAGE).getBytes(UTF_8);
  }

  private static String head(String unserved, int length) {
    return """
    HTTP/1.1 502 Bad Gateway\r
    %sContent-Type: text/html; charset=utf-8\r
    Content-Length: %d\r
    Cache-Control: no-store\r
    Connection: close\r
    \r
    """
        .formatted(unserved, length);
  }
}
