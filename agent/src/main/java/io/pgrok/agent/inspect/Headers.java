package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.protocol.http.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Headers as people read them. Pure. */
final class Headers {

  /** Stands for a value that is not shown. */
  static final String MASK = "••••••";

  private static final Set<String> SECRET =
      Set.of(
          "authorization",
          "proxy-authorization",
          "cookie",
          "set-cookie",
          "x-api-key",
          "x-auth-token",
          "x-csrf-token",
          "x-amz-security-token",
          "x-gitlab-token");

  private Headers() {}

  /** In order, with repetitions; secrets masked unless they were asked for. */
  static List<Map.Entry<String, String>> of(Head head, boolean secrets) {
    List<Map.Entry<String, String>> headers = new ArrayList<>(head.fields().size());
    for (Head.Field field : head.fields()) {
      boolean masked = !secrets && SECRET.contains(field.lowerName());
      headers.add(Map.entry(name(head, field), masked ? MASK : text(field.value())));
    }
    return headers;
  }

  /** As it was written. */
  static String name(Head head, Head.Field field) {
    ByteBuf line = Unpooled.buffer();
    head.copy(field, line);
    return line.toString(0, field.lowerName().length(), ISO_8859_1);
  }

  /** Most who send more than ASCII send UTF-8. */
  private static String text(String latin1) {
    return latin1.chars().allMatch(c -> c < 0x80)
        ? latin1
        : new String(latin1.getBytes(ISO_8859_1), UTF_8);
  }
}
