package io.pgrok.agent.api;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page's files, from the jar. */
final class Assets {

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private Assets() {}

  /** Null when there is no such file. */
  static @Nullable Answer find(String path) throws IOException {
    String name = path.equals("/") ? "index.html" : path.substring(1);
    // Flat names of one folder: nothing leads out of it.
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (!name.matches("[a-z0-9-]+(\\.[a-z]+)+") || type == null) {
      return null;
    }
    try (InputStream file = Assets.class.getResourceAsStream("/inspector/" + name)) {
      return file == null
          ? null
          : new Answer(HttpResponseStatus.OK, type, file.readAllBytes(), null);
    }
  }
}
