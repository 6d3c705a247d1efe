package io.pgrok.agent.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Runs {@code kubectl}. What it has to say of errors goes straight to the person's standard error.
 *
 * @param words the program and the options that say which cluster
 */
record Kubectl(List<String> words) {

  private static final JsonMapper JSON = new JsonMapper();

  Kubectl {
    words = List.copyOf(words);
  }

  /**
   * The answer to a {@code get}.
   *
   * @throws KubectlException when it failed; why has been printed then
   */
  JsonNode get(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("get"));
    Collections.addAll(all, arguments);
    Collections.addAll(all, "--output", "json");
    Process process = start(ProcessBuilder.Redirect.PIPE, all);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = finish(process);
    if (status != 0) {
      throw new KubectlException(status);
    }
    return JSON.readTree(output);
  }

  /** Runs it in the person's terminal until it ends, and returns its exit status. */
  int run(List<String> arguments) throws IOException {
    return finish(start(ProcessBuilder.Redirect.INHERIT, arguments));
  }

  /** Starts it; what it prints is read from the process. */
  Process start(List<String> arguments) throws IOException {
    return start(ProcessBuilder.Redirect.PIPE, arguments);
  }

  private Process start(ProcessBuilder.Redirect output, List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(words);
    all.addAll(arguments);
    try {
      return new ProcessBuilder(all)
          .redirectInput(ProcessBuilder.Redirect.INHERIT)
          .redirectOutput(output)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      throw new IOException(
          "cannot run '%s': install kubectl, or say where it is with --kubectl"
              .formatted(words.getFirst()),
          e);
    }
  }

  static int finish(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
