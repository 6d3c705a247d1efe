package io.pgrok.pgrokd.auth;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.pgrok.pgrokd.reload.TextFile;
import io.pgrok.protocol.grant.Grant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tokens listed in a YAML file, each by its SHA-256: reading the file gives nobody a token.
 *
 * <pre>
 * tokens:
 *   - name: ci
 *     sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *     subdomains: [pr-*]            # the rest is optional
 *     tcpPorts: [7000-7010]
 *     maxTunnels: 50
 *     expires: 2027-01-31T00:00:00Z
 * </pre>
 *
 * <p>A plain hash is enough because tokens are random and long; {@code pgrokd token} makes them.
 *
 * @param entries in the file's order
 */
public record TokenFile(List<Entry> entries) {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .addModule(new JavaTimeModule())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** One token. */
  public record Entry(String name, byte[] sha256, Grant grant, @Nullable Instant expires) {}

  private record Document(@JsonProperty("tokens") @Nullable List<Line> tokens) {}

  private record Line(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("sha256") @Nullable String sha256,
      @JsonProperty("expires") @Nullable Instant expires,
      @JsonUnwrapped Grant grant) {}

  /**
   * @throws IOException when the file cannot be read or used; the text names the entry and the fix
   */
  public static TokenFile read(Path file) throws IOException {
    List<Line> lines;
    try {
      JsonNode tree = YAML.readTree(TextFile.read(file));
      Document document = YAML.treeToValue(tree, Document.class);
      if (document == null || document.tokens == null) {
        throw new IOException(
            file
                + ": lists no tokens; write 'tokens:' with entries of name and sha256, or [] for"
                + " nobody");
      }
      lines = document.tokens;
    } catch (JsonMappingException e) {
      throw new IOException("%s: %s: %s".formatted(file, path(e), why(e)));
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new IOException("%s:%d: is not valid YAML".formatted(file, line));
    }
    Set<String> hashes = new HashSet<>();
    List<Entry> entries = new ArrayList<>();
    for (Line line : lines) {
      if (line.name == null || line.name.isBlank()) {
        throw new IOException(file + ": an entry of tokens has no name");
      }
      if (line.sha256 == null || !SHA256.matcher(line.sha256).matches()) {
        throw new IOException(
            "%s: token '%s': sha256 must be 64 lower-case hexadecimal digits; 'pgrokd token' makes them"
                .formatted(file, line.name));
      }
      if (!hashes.add(line.sha256)) {
        throw new IOException(
            "%s: token '%s': the same sha256 is listed twice".formatted(file, line.name));
      }
      byte[] sha256 = HexFormat.of().parseHex(line.sha256);
      entries.add(new Entry(line.name, sha256, line.grant, line.expires));
    }
    return new TokenFile(List.copyOf(entries));
  }

  /** Compares with every entry, in constant time each. */
  public Authenticator.Result authenticate(String token, InstantSource clock) {
    byte[] hash = sha256(token);
    Entry found = null;
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.sha256, hash)) {
        found = entry;
      }
    }
    if (found == null) {
      return Authenticator.UNKNOWN;
    }
    if (found.expires != null && !clock.instant().isBefore(found.expires)) {
      return new Authenticator.Result.Refused(
          "Your token expired at %s: ask for a new one.".formatted(found.expires));
    }
    return new Authenticator.Result.Accepted(new Identity(found.name, found.grant, found.expires));
  }

  /** What the file holds in place of a token. */
  public static String hash(String token) {
    return HexFormat.of().formatHex(sha256(token));
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
        .collect(Collectors.joining("."));
  }

  private static String why(JsonMappingException e) {
    return e.getCause() instanceof IllegalArgumentException cause
        ? String.valueOf(cause.getMessage())
        : e.getOriginalMessage().lines().findFirst().orElse("cannot be read");
  }
}
