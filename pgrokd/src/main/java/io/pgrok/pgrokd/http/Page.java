package io.pgrok.pgrokd.http;

/** The page that people see in place of what they wanted. */
final class Page {

  private static final String TEMPLATE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>%1$s</title>
      <style>
        body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 36rem; padding: 0 1rem; color: #223 }
        h1 { font-size: 1rem; font-weight: 600; color: #667 }
        p:first-of-type { font-size: 1.5rem; margin: .5rem 0; overflow-wrap: anywhere }
        @media (prefers-color-scheme: dark) { body { background: #16181d; color: #dde } }
      </style>
      <h1>%1$s</h1>
      <p>%2$s</p>
      <p>%3$s</p>
      <small>pgrok</small>
      """;

  private Page() {}

  static String of(String title, String message, String hint) {
    return TEMPLATE.formatted(escape(title), escape(message), escape(hint));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
