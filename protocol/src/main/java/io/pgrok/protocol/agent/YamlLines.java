package io.pgrok.protocol.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Finds where in a YAML text a key stands, for error messages. */
final class YamlLines {

  private YamlLines() {}

  /** Line, from 1, of the key that the path leads to, or of the deepest of its parents there is. */
  static int lineOf(JsonFactory yaml, String text, List<String> path) {
    int line = 1;
    int matched = 0;
    Deque<String> at = new ArrayDeque<>();
    try (JsonParser tokens = yaml.createParser(text)) {
      for (JsonToken token; matched < path.size() && (token = tokens.nextToken()) != null; ) {
        switch (token) {
          case START_OBJECT, START_ARRAY -> at.addLast("");
          case END_OBJECT, END_ARRAY -> at.removeLast();
          case FIELD_NAME -> {
            at.removeLast();
            at.addLast(tokens.currentName());
            if (at.size() == matched + 1 && List.copyOf(at).equals(path.subList(0, matched + 1))) {
              line = tokens.currentTokenLocation().getLineNr();
              matched++;
            }
          }
          default -> {}
        }
      }
    } catch (IOException e) {
      // The text is broken further down; the line found so far is the best there is.
    }
    return line;
  }
}
