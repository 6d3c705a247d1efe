package io.pgrok.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages of docs/guide, in the order of its table of contents, and what is fenced in them.
 *
 * @param folder the folder of the pages
 */
record Guide(Path folder) {

  private static final Pattern ENTRY = Pattern.compile("^\\d+\\. \\[[^]]+]\\(([-a-z]+\\.md)\\).*");
  private static final Pattern NOT_RUN = Pattern.compile("^<!-- not run: (.+) -->$");
  private static final String FENCE = "```";

  static Guide of(Repository repository) {
    return new Guide(repository.root().resolve("docs/guide"));
  }

  /**
   * A fenced block.
   *
   * @param page its file
   * @param line where its text begins
   * @param language what follows the fence; empty when nothing does
   * @param notRun why its commands are not run; empty when they are
   */
  record Block(String page, int line, String language, String text, Optional<String> notRun) {

    boolean isCommands() {
      return language.equals("sh");
    }

    String place() {
      return "docs/guide/%s:%d".formatted(page, line);
    }
  }

  /** File names. */
  List<String> pages() {
    return lines("README.md").stream()
        .map(ENTRY::matcher)
        .filter(Matcher::matches)
        .map(entry -> entry.group(1))
        .toList();
  }

  List<Block> blocks(String page) {
    var blocks = new ArrayList<Block>();
    var lines = lines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(FENCE)) {
        int end = i + 1;
        while (!lines.get(end).equals(FENCE)) {
          end++;
        }
        blocks.add(
            new Block(
                page,
                i + 2,
                lines.get(i).substring(FENCE.length()),
                String.join("\n", lines.subList(i + 1, end)),
                i == 0 ? Optional.empty() : reason(lines.get(i - 1))));
        i = end;
      }
    }
    return blocks;
  }

  List<String> lines(String page) {
    try {
      return Files.readAllLines(folder.resolve(page));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> reason(String lineBefore) {
    var marker = NOT_RUN.matcher(lineBefore);
    return marker.matches() ? Optional.of(marker.group(1)) : Optional.empty();
  }
}
