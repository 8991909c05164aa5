package io.dotp.nat.journal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file of an earlier run up to the first byte that cannot be right. What follows damage
 * is not looked at: a record that was lost there may have revoked what comes before it.
 */
final class JournalReader {
  private static final int BUFFER = 64 * 1024;

  /**
   * What was read.
   *
   * @param soundBytes length of the part that was understood
   * @param ignoredBytes length of the rest
   * @param problem why nothing more could be read, null when it is only damage or nothing at all
   */
  record Outcome(
      JournalPicture picture, long soundBytes, long ignoredBytes, @Nullable IOException problem) {}

  private final JournalPicture picture = new JournalPicture();
  private long sound;

  private JournalReader() {}

  /** A file that is not there reads as an empty one. */
  static Outcome read(Path file) {
    JournalReader reader = new JournalReader();
    // A pipe or a device would never end.
    if (!Files.exists(file)) {
      return new Outcome(reader.picture, 0, 0, null);
    }
    if (!Files.isRegularFile(file)) {
      return new Outcome(reader.picture, 0, 0, new IOException("not a regular file"));
    }
    IOException problem = null;
    long size = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      size = Files.size(file);
      reader.readAll(in);
    } catch (IOException e) {
      problem = e;
    }
    return new Outcome(reader.picture, reader.sound, Math.max(0, size - reader.sound), problem);
  }

  private void readAll(InputStream in) throws IOException {
    byte[] header = in.readNBytes(RecordFormat.FILE_HEADER);
    boolean stale = RecordFormat.isFileHeader(header, true);
    if (!stale && !RecordFormat.isFileHeader(header, false)) {
      return;
    }
    picture.stale(stale);
    sound = RecordFormat.FILE_HEADER;
    JournalRecord record = readRecord(in);
    while (record != null) {
      picture.apply(record);
      record = readRecord(in);
    }
  }

  private @Nullable JournalRecord readRecord(InputStream in) throws IOException {
    byte[] header = in.readNBytes(RecordFormat.RECORD_HEADER);
    int length = header.length < RecordFormat.RECORD_HEADER ? -1 : RecordFormat.bodyLength(header);
    if (length < 0) {
      return null;
    }
    byte[] body = in.readNBytes(length);
    JournalRecord record = body.length < length ? null : RecordFormat.read(header, body);
    if (record != null) {
      sound += RecordFormat.RECORD_HEADER + length;
    }
    return record;
  }
}
