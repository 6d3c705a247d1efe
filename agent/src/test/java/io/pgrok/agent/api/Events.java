package io.pgrok.agent.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Reads server-sent events. */
final class Events implements AutoCloseable {

  private final BufferedReader lines;

  Events(String url) throws IOException {
    lines =
        new BufferedReader(
            new InputStreamReader(URI.create(url).toURL().openStream(), StandardCharsets.UTF_8));
  }

  JsonNode next() throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data: ")) {
        return new ObjectMapper().readTree(line.substring("data: ".length()));
      }
    }
    throw new IOException("the stream has ended");
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
