package io.pgrok.pgrokd.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A YAML file of settings: a flat mapping of option names to values, lists where an option may be
 * repeated.
 *
 * @param path for messages
 * @param entries by key
 */
public record SettingsFile(Path path, Map<String, Entry> entries) {

  /** Sets nothing. */
  public static final SettingsFile NONE = new SettingsFile(Path.of(""), Map.of());

  /** Farther apart two words are not meant to be the same. */
  private static final int TYPO = 3;

  private static final YAMLFactory YAML = new YAMLFactory();

  /**
   * A value.
   *
   * @param line from 1
   * @param value elements of a list joined by commas
   */
  public record Entry(int line, String value) {}

  public SettingsFile {
    entries = Map.copyOf(entries);
  }

  /** File, line and key of an entry that is there. */
  String place(String key) {
    Entry entry = entries.get(key);
    return entry == null ? path.toString() : "%s:%d: %s".formatted(path, entry.line(), key);
  }

  /**
   * @param known the keys that there are
   * @throws StartupException naming file, line and key of what is wrong
   */
  public static SettingsFile read(Path path, Collection<String> known) throws StartupException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    try (JsonParser yaml = YAML.createParser(Files.readString(path))) {
      JsonToken first = yaml.nextToken();
      if (first == null) {
        return new SettingsFile(path, entries);
      }
      if (first != JsonToken.START_OBJECT) {
        throw wrong(path, yaml, "is no mapping; write lines like 'domain: tunnels.example.com'");
      }
      while (yaml.nextToken() == JsonToken.FIELD_NAME) {
        entry(path, yaml, known, entries);
      }
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new StartupException("%s:%d: is not valid YAML".formatted(path, line));
    } catch (NoSuchFileException e) {
      throw new StartupException("-config %s: there is no such file".formatted(path));
    } catch (IOException e) {
      throw new StartupException("-config %s: this user may not read it".formatted(path));
    }
    return new SettingsFile(path, entries);
  }

  private static void entry(
      Path path, JsonParser yaml, Collection<String> known, Map<String, Entry> entries)
      throws IOException, StartupException {
    String key = yaml.currentName();
    int line = yaml.currentTokenLocation().getLineNr();
    if (!known.contains(key)) {
      throw wrong(path, yaml, "there is no setting '%s'%s".formatted(key, suggestion(key, known)));
    }
    if (entries.containsKey(key)) {
      throw wrong(path, yaml, key + ": is set twice; use a list where several values are possible");
    }
    switch (yaml.nextToken()) {
      case VALUE_NULL -> {}
      case START_ARRAY -> entries.put(key, new Entry(line, list(path, yaml, key)));
      case START_OBJECT -> throw wrong(path, yaml, key + ": must be a value or a list of values");
      default -> entries.put(key, new Entry(line, yaml.getText()));
    }
  }

  private static String list(Path path, JsonParser yaml, String key)
      throws IOException, StartupException {
    StringJoiner values = new StringJoiner(",");
    while (yaml.nextToken() != JsonToken.END_ARRAY) {
      if (!yaml.currentToken().isScalarValue() || yaml.getText().indexOf(',') >= 0) {
        throw wrong(path, yaml, key + ": a list holds plain values without commas");
      }
      values.add(yaml.getText());
    }
    return values.toString();
  }

  private static StartupException wrong(Path path, JsonParser yaml, String what) {
    return new StartupException(
        "%s:%d: %s".formatted(path, yaml.currentTokenLocation().getLineNr(), what));
  }

  private static String suggestion(String key, Collection<String> known) {
    String lower = key.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(candidate -> distance(lower, candidate.toLowerCase(Locale.ROOT)) < TYPO)
        .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
        .map("; did you mean '%s'?"::formatted)
        .orElse("; settings are named like the options of 'pgrokd --help'");
  }

  /** Levenshtein's: how many characters have to be added, removed or changed. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], above) + 1, diagonal + change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
