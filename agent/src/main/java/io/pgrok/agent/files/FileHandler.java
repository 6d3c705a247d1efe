package io.pgrok.agent.files;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers for files what the JDK's handler does not know: parts of them, so that films can be wound
 * on and downloads continued, and whether they have changed. Everything else is left to it.
 */
final class FileHandler implements HttpHandler {

  private static final int PIECE = 64 * 1024;

  private final Path root;
  private final HttpHandler others;

  /**
   * @param root without links in it
   * @param others listings, index pages, and what is not there
   */
  FileHandler(Path root, HttpHandler others) {
    this.root = root;
    this.others = others;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    Path file = method.equals("GET") || method.equals("HEAD") ? file(exchange) : null;
    if (file == null) {
      others.handle(exchange);
      return;
    }
    try (exchange;
        SeekableByteChannel bytes = Files.newByteChannel(file)) {
      answer(exchange, file, bytes);
    }
  }

  /** Null for what is no readable file of the folder's, or hidden, or behind a link. */
  private @Nullable Path file(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path == null || !path.startsWith("/")) {
      return null;
    }
    try {
      Path file = root;
      for (String name : path.substring(1).split("/", -1)) {
        Path next = file.resolve(name);
        boolean child = !name.isEmpty() && file.equals(next.getParent()) && !name.startsWith(".");
        if (!child || Files.isHidden(next) || Files.isSymbolicLink(next)) {
          return null;
        }
        file = next;
      }
      boolean plain = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
      return plain && Files.isReadable(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static void answer(HttpExchange exchange, Path file, SeekableByteChannel bytes)
      throws IOException {
    Instant changed = Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.SECONDS);
    long size = bytes.size();
    String tag = "\"%x-%x\"".formatted(changed.getEpochSecond(), size);
    Headers asked = exchange.getRequestHeaders();
    Headers head = exchange.getResponseHeaders();
    head.set("Last-Modified", http(changed));
    head.set("ETag", tag);
    head.set("Accept-Ranges", "bytes");
    if (isKnown(asked, tag, changed)) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    String type = URLConnection.getFileNameMap().getContentTypeFor(file.toString());
    head.set("Content-Type", Objects.requireNonNullElse(type, "application/octet-stream"));
    String condition = asked.getFirst("If-Range");
    boolean same = condition == null || condition.equals(tag) || condition.equals(http(changed));
    switch (ByteRange.of(same ? asked.getFirst("Range") : null, size)) {
      case ByteRange.Whole _ -> send(exchange, 200, bytes, 0, size);
      case ByteRange.Part(long from, long to) -> {
        head.set("Content-Range", "bytes %d-%d/%d".formatted(from, to, size));
        send(exchange, 206, bytes, from, to - from + 1);
      }
      case ByteRange.Nothing _ -> {
        head.set("Content-Range", "bytes */" + size);
        exchange.sendResponseHeaders(416, -1);
      }
    }
  }

  private static String http(Instant time) {
    return DateTimeFormatter.RFC_1123_DATE_TIME
        .format(time.atOffset(ZoneOffset.UTC))
        .replaceFirst(", (\\d) ", ", 0$1 ");
  }

  /** RFC 9110 section 13.2.2: a tag, where there is one, says more than a time. */
  private static boolean isKnown(Headers asked, String tag, Instant changed) {
    String tags = asked.getFirst("If-None-Match");
    if (tags != null) {
      return tags.strip().equals("*") || tags.contains(tag);
    }
    String since = asked.getFirst("If-Modified-Since");
    try {
      return since != null
          && !changed.isAfter(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(since)));
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static void send(
      HttpExchange exchange, int status, SeekableByteChannel bytes, long from, long length)
      throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
    bytes.position(from);
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    try (OutputStream body = exchange.getResponseBody();
        WritableByteChannel out = Channels.newChannel(body)) {
      for (long left = length; left > 0; left -= piece.limit()) {
        piece.clear().limit((int) Math.min(PIECE, left));
        if (bytes.read(piece) < 0) {
          // It has become shorter: what was promised cannot be sent.
          throw new IOException(exchange.getRequestURI() + " has become shorter");
        }
        piece.flip();
        out.write(piece);
      }
    }
  }
}
