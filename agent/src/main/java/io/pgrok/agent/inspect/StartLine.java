package io.pgrok.agent.inspect;

import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Head;
import org.jspecify.annotations.Nullable;

/** What the first line of a head says, also of one that is not quite in order. Pure. */
final class StartLine {

  private StartLine() {}

  static String method(Head request) {
    return part(request.startLine(), 0);
  }

  /** Path and query, as they were sent. */
  static String target(Head request) {
    return part(request.startLine(), 1);
  }

  static String version(Head request) {
    return part(request.startLine(), 2);
  }

  static int status(Head response) throws BadHttpException {
    String status = part(response.startLine(), 1);
    if (!response.startLine().startsWith("HTTP/1.") || !status.matches("[1-9][0-9]{2}")) {
      throw new BadHttpException("The status line is not HTTP/1.");
    }
    return Integer.parseInt(status);
  }

  static String reason(Head response) {
    String[] parts = response.startLine().split(" ", 3);
    return parts.length < 3 ? "" : parts[2];
  }

  private static String part(String line, int index) {
    String[] parts = line.split(" ", -1);
    return parts.length > index ? parts[index] : "";
  }

  /** The first value of a field, null when it is missing. */
  static @Nullable String field(Head head, String lowerName) {
    for (Head.Field field : head.fields()) {
      if (field.is(lowerName)) {
        return field.value();
      }
    }
    return null;
  }
}
