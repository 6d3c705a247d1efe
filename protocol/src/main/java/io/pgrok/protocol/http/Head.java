package io.pgrok.protocol.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The start line and the fields of a message, as offsets into its bytes (RFC 9112 sections 2 to 5).
 */
public final class Head {

  /** Fields of one head at most. */
  public static final int MAX_FIELDS = 256;

  private static final boolean[] TOKEN = new boolean[256];

  static {
    for (char c = '0'; c <= '9'; c++) {
      TOKEN[c] = true;
    }
    for (char c = 'a'; c <= 'z'; c++) {
      TOKEN[c] = true;
      TOKEN[c - 'a' + 'A'] = true;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  /** How lines may end. */
  public enum Lines {
    /** CRLF only: what a visitor must send. */
    STRICT,
    /** A bare LF too, which RFC 9112 section 2.2 lets a recipient take: some services send it. */
    LENIENT
  }

  /**
   * A field.
   *
   * @param lowerName in lower case
   * @param from offset of its line
   * @param to offset behind its line's last byte, without the line end
   */
  public record Field(String lowerName, String value, int from, int to) {
    public boolean is(String otherLowerName) {
      return lowerName.equals(otherLowerName);
    }
  }

  /** Makes a head of fields that did not come as HTTP/1, or not as they are to go on. */
  public static final class Builder {

    private final StringBuilder text = new StringBuilder(512);
    private final String startLine;
    private final List<Field> fields = new ArrayList<>();

    public Builder(String startLine) {
      this.startLine = startLine;
    }

    /** Adds a field; neither name nor value holds a line end. */
    public Builder add(String name, String value) {
      int from = text.length();
      text.append(name).append(": ").append(value);
      fields.add(new Field(name.toLowerCase(Locale.ROOT), value, from, text.length()));
      return this;
    }

    public Head build() {
      return new Head(text.toString().getBytes(StandardCharsets.ISO_8859_1), startLine, fields);
    }
  }

  private final byte[] bytes;
  private final String startLine;
  private final List<Field> fields;

  private Head(byte[] bytes, String startLine, List<Field> fields) {
    this.bytes = bytes;
    this.startLine = startLine;
    this.fields = fields;
  }

  /** Consumes {@code length} bytes, a whole head. */
  public static Head read(ByteBuf in, int length, Lines lines) throws BadHttpException {
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    List<Field> fields = new ArrayList<>();
    int end = lineEnd(bytes, 0);
    String startLine = text(bytes, 0, contentEnd(bytes, 0, end, lines));
    if (startLine.isEmpty()) {
      throw new BadHttpException("The first line is empty.");
    }
    for (int at = end + 1; ; at = end + 1) {
      end = lineEnd(bytes, at);
      int contentEnd = contentEnd(bytes, at, end, lines);
      if (contentEnd == at) {
        return new Head(bytes, startLine, fields);
      }
      if (fields.size() == MAX_FIELDS) {
        throw new BadHttpException(431, "There are more than " + MAX_FIELDS + " headers.");
      }
      fields.add(field(bytes, at, contentEnd));
    }
  }

  private static int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  /** Where the line's content ends; checks its characters on the way. */
  private static int contentEnd(byte[] bytes, int from, int lf, Lines lines)
      throws BadHttpException {
    int end = lf;
    if (end > from && bytes[end - 1] == '\r') {
      end--;
    } else if (lines == Lines.STRICT) {
      throw new BadHttpException("A header line ends in a bare LF.");
    }
    for (int i = from; i < end; i++) {
      if ((bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7f) {
        throw new BadHttpException("A header contains a control character.");
      }
    }
    return end;
  }

  private static Field field(byte[] bytes, int from, int to) throws BadHttpException {
    int colon = from;
    while (colon < to && TOKEN[bytes[colon] & 0xff]) {
      colon++;
    }
    if (colon == from && (bytes[from] == ' ' || bytes[from] == '\t')) {
      throw new BadHttpException("A header is folded over several lines.");
    }
    if (colon == from || colon == to || bytes[colon] != ':') {
      throw new BadHttpException("A header has no valid name.");
    }
    int start = colon + 1;
    int end = to;
    while (start < end && isBlank(bytes[start])) {
      start++;
    }
    while (end > start && isBlank(bytes[end - 1])) {
      end--;
    }
    return new Field(
        text(bytes, from, colon).toLowerCase(Locale.ROOT), text(bytes, start, end), from, to);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  public String startLine() {
    return startLine;
  }

  public List<Field> fields() {
    return fields;
  }

  /** A field's name as it came. */
  public String nameOf(Field field) {
    return text(bytes, field.from(), field.from() + field.lowerName().length());
  }

  /** Appends a field as it came, with its line end. */
  public void copy(Field field, ByteBuf out) {
    out.writeBytes(bytes, field.from(), field.to() - field.from());
    out.writeByte('\r').writeByte('\n');
  }

  /**
   * The one value of a field that must not be repeated, null when it is missing.
   *
   * @throws BadHttpException when it is repeated
   */
  public @Nullable String single(String lowerName) throws BadHttpException {
    String value = null;
    for (Field field : fields) {
      if (field.is(lowerName)) {
        if (value != null) {
          throw new BadHttpException("The header " + lowerName + " is repeated.");
        }
        value = field.value();
      }
    }
    return value;
  }

  /** Whether there is such a field. */
  public boolean has(String lowerName) {
    for (Field field : fields) {
      if (field.is(lowerName)) {
        return true;
      }
    }
    return false;
  }

  /** The comma-separated elements of all fields of a name, in lower case, without empty ones. */
  public List<String> list(String lowerName) {
    if (!has(lowerName)) {
      return List.of();
    }
    List<String> elements = new ArrayList<>(2);
    for (Field field : fields) {
      if (field.is(lowerName)) {
        for (String element : field.value().split(",", -1)) {
          if (!element.isBlank()) {
            elements.add(element.strip().toLowerCase(Locale.ROOT));
          }
        }
      }
    }
    return elements;
  }

  static boolean isTokenCharacter(byte b) {
    return TOKEN[b & 0xff];
  }

  /** Whether the text is a token (RFC 9110 section 5.6.2). */
  public static boolean isToken(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c < 256 && TOKEN[c]);
  }
}
