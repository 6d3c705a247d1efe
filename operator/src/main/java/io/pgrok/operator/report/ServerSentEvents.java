package io.pgrok.operator.report;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Reads {@code data} of a server-sent event stream (WHATWG HTML, 9.2.6); other fields are left. */
final class ServerSentEvents {

  private final int longest;
  private final Runnable onLine;
  private final Consumer<byte[]> onData;

  /**
   * @param longest bytes of a line or of an event's data; more ends the stream
   * @param onLine after each line, comments included: the peer is alive
   * @param onData for each event, the data in UTF-8
   */
  ServerSentEvents(int longest, Runnable onLine, Consumer<byte[]> onData) {
    this.longest = longest;
    this.onLine = onLine;
    this.onData = onData;
  }

  /** Reads until the stream ends. */
  void read(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    var data = new ByteArrayOutputStream();
    byte[] chunk = new byte[16 << 10];
    for (int end = in.read(chunk); end >= 0; end = in.read(chunk)) {
      int start = 0;
      for (int i = 0; i < end; i++) {
        if (chunk[i] == '\n') {
          line.write(chunk, start, i - start);
          start = i + 1;
          onLine.run();
          take(line.toByteArray(), data);
          line.reset();
        }
      }
      check(line.size() + end - start);
      line.write(chunk, start, end - start);
    }
  }

  private void take(byte[] line, ByteArrayOutputStream data) throws IOException {
    int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
    if (length == 0) {
      if (data.size() > 0) {
        onData.accept(data.toByteArray());
        data.reset();
      }
      return;
    }
    if (length >= 5 && new String(line, 0, 5, US_ASCII).equals("data:")) {
      int start = length > 5 && line[5] == ' ' ? 6 : 5;
      check(data.size() + length);
      if (data.size() > 0) {
        data.write('\n');
      }
      data.write(line, start, length - start);
    }
  }

  private void check(int size) throws IOException {
    if (size >= longest) {
      throw new IOException("a status event is longer than " + longest + " bytes");
    }
  }
}
