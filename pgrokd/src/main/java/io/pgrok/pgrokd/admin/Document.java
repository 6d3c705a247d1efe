package io.pgrok.pgrokd.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/**
 * Something to read, made anew for each reader.
 *
 * @param path begins with a slash
 * @param content on any thread
 */
public record Document(String path, String contentType, Supplier<byte[]> content) {

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** A value as JSON. */
  public static Document json(String path, Supplier<Object> value) {
    return new Document(
        path,
        "application/json",
        () -> {
          try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value.get());
          } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Metrics in Prometheus' text format. */
  public static Document metrics(String path, PrometheusRegistry registry) {
    PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    return new Document(
        path,
        writer.getContentType(),
        () -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          try {
            writer.write(out, registry.scrape(), EscapingScheme.DEFAULT);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return out.toByteArray();
        });
  }
}
