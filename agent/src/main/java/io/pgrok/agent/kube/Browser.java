package io.pgrok.agent.kube;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/** The desktop's browser. Its window is a courtesy: the URL has been printed. */
final class Browser {

  /** The first one that is there is used; BROWSER beats them, as in other tools. */
  private static final List<String> PROGRAMS = List.of("xdg-open", "open", "wslview");

  private Browser() {}

  static void open(URI url) {
    String wanted = System.getenv("BROWSER");
    List<String> programs = wanted == null || wanted.isBlank() ? PROGRAMS : List.of(wanted);
    for (String program : programs) {
      try {
        new ProcessBuilder(program, url.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
        return;
      } catch (IOException e) {
        // not installed here: the next one
      }
    }
  }
}
