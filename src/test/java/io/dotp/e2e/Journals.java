package io.dotp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The journal of mappings in a state directory, as a file of bytes. */
final class Journals {
  private static final int FILE_HEADER = 16;
  private static final int RECORD_HEADER = 8;

  private Journals() {}

  static Path of(Path stateDirectory) {
    return stateDirectory.resolve("mappings.journal");
  }

  /** Waits until the file tells of a name, which is written behind the answer. */
  static void awaitName(Path stateDirectory, String label) {
    Patience.until(
        () -> new String(bytes(stateDirectory), StandardCharsets.ISO_8859_1).contains(label),
        () -> "no " + label + " in the journal");
  }

  static byte[] bytes(Path stateDirectory) {
    try {
      return Files.readAllBytes(of(stateDirectory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the last record begins. */
  static int lastRecord(byte[] journal) {
    int last = FILE_HEADER;
    int next = FILE_HEADER;
    while (next + RECORD_HEADER <= journal.length) {
      last = next;
      next += RECORD_HEADER + ByteBuffer.wrap(journal).getInt(next);
    }
    return last;
  }

  static void write(Path stateDirectory, byte[] bytes) {
    try {
      Files.write(of(stateDirectory), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
