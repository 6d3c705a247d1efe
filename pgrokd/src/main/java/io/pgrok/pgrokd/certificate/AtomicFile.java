package io.pgrok.pgrokd.certificate;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes files that are seen whole or not at all, and never by more people than meant. */
public final class AtomicFile {

  /** Who may read a file. */
  public enum Readers {
    EVERYBODY("rw-r--r--"),
    OWNER("rw-------");

    private final String permissions;

    Readers(String permissions) {
      this.permissions = permissions;
    }
  }

  private AtomicFile() {}

  /**
   * Creates or replaces the file; a process that reads at the same time gets the old or the new
   * text. The file has its permissions from its first byte on (where the file system has them).
   */
  public static void write(Path file, String text, Readers readers) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path draft =
        Files.createTempFile(directory, "." + file.getFileName(), ".tmp", attributes(file));
    try {
      Files.writeString(draft, text);
      if (isPosix(file)) {
        // Again, because the process's umask took part in the creation.
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString(readers.permissions));
      }
      Files.move(draft, file, ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Creates the directory and what is missing above it; nobody else may look into it. */
  public static void createPrivateDirectory(Path directory) throws IOException {
    if (isPosix(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(directory);
    }
  }

  /** A draft is its owner's alone, whoever may read the finished file. */
  private static FileAttribute<?>[] attributes(Path file) {
    return isPosix(file)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(
              PosixFilePermissions.fromString(Readers.OWNER.permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
