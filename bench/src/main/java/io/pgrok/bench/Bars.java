package io.pgrok.bench;

import java.util.List;

/** A picture of numbers, as SVG: groups of bars. */
final class Bars {

  private static final int LONGEST = 380;
  private static final int LEFT = 150;

  private final StringBuilder shapes = new StringBuilder();
  private int y = 24;

  /** A group, the longest bar of which is as wide as the picture. Figures of 0 are left out. */
  void add(String title, List<Figure> figures) {
    double most = figures.stream().mapToDouble(Figure::value).max().orElse(0);
    if (most <= 0) {
      return;
    }
    shapes.append("<text class='h' x='0' y='%d'>%s</text>\n".formatted(y, title));
    y += 10;
    for (Figure figure : figures) {
      if (figure.value() > 0) {
        double width = figure.value() / most * LONGEST;
        shapes.append(
            """
            <text x='0' y='%1$d'>%2$s</text>
            <rect class='%5$s' x='%8$d' y='%3$d' width='%4$.0f' height='14'/>
            <text x='%6$.0f' y='%1$d'>%7$s</text>
            """
                .formatted(
                    y + 12,
                    figure.peer(),
                    y,
                    width,
                    figure.peer().equals("pgrok") ? "us" : "they",
                    LEFT + 6 + width,
                    figure.text(),
                    LEFT));
        y += 20;
      }
    }
    y += 24;
  }

  String svg() {
    return """
    <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 %d' font-family='sans-serif' font-size='12'>
    <style>text{fill:#667}.h{font-weight:bold}.us{fill:#2a7}.they{fill:#9ab}</style>
    %s</svg>
    """
        .formatted(y, shapes);
  }
}
