package io.pgrok.agent.kube;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Columns, as kubectl prints them. */
final class Table {

  private static final String GAP = "   ";

  private Table() {}

  /**
   * @param rows each with as many cells as the first
   */
  static List<String> lines(List<List<String>> rows) {
    List<Integer> widths =
        IntStream.range(0, rows.getFirst().size())
            .mapToObj(column -> rows.stream().mapToInt(row -> row.get(column).length()).max())
            .map(width -> width.orElse(0))
            .toList();
    return rows.stream()
        .map(row ->
            IntStream.range(0, row.size())
                .mapToObj(column ->
                    row.get(column) + " ".repeat(widths.get(column) - row.get(column).length()))
                .collect(Collectors.joining(GAP))
                .stripTrailing())
        .toList();
  }
}
