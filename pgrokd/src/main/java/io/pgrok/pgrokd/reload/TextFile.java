package io.pgrok.pgrokd.reload;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that people write, and get wrong. */
public final class TextFile {

  private TextFile() {}

  /**
   * The file's text in UTF-8.
   *
   * @throws IOException when it cannot be read: the text names the file and says why, where that of
   *     the JDK's exceptions is often the path alone
   */
  public static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": this user may not read it", e);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": is no text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }
}
