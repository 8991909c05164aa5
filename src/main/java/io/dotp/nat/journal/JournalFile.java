package io.dotp.nat.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file, and the one that takes its place. Errors are given back, never thrown: null means done.
 * Thread: journal, after its making.
 */
final class JournalFile {
  private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
  private static final int BUFFER = 256 * 1024;

  /** How a new file is opened; a test may hand out one that fails. */
  @FunctionalInterface
  interface Opener {
    Opener REAL =
        file ->
            FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));

    /** Creates {@code file}, readable by its owner alone. */
    FileChannel create(Path file) throws IOException;
  }

  private final Path file;
  private final Path fresh;
  private final Opener opener;
  private @Nullable FileChannel channel;

  /** Which file it is, whatever it is called. */
  private @Nullable Object identity;

  /** End of the last record that was written as a whole. */
  private long size;

  JournalFile(Path file, Opener opener) {
    this.file = file;
    this.opener = opener;
    fresh = file.resolveSibling(file.getFileName() + ".new");
  }

  Path path() {
    return file;
  }

  long size() {
    return size;
  }

  /** Writes whole records behind the others; when that fails, none of them. */
  @Nullable IOException append(ByteBuffer records) {
    FileChannel target = channel;
    if (target == null) {
      return new IOException("never begun");
    }
    int length = records.remaining();
    try {
      writeFully(target, records, size);
      size += length;
      return null;
    } catch (IOException e) {
      cut(target, e);
      return e;
    }
  }

  /**
   * Says in the file as it is that more has happened: a full disk lets bytes be changed that are
   * there. Null when that is done.
   */
  @Nullable IOException markStale() {
    ByteBuffer header = ByteBuffer.allocate(RecordFormat.FILE_HEADER);
    RecordFormat.appendFileHeader(header, true);
    header.flip();
    try {
      if (channel != null) {
        mark(channel, header);
      } else if (Files.isRegularFile(file)) {
        try (FileChannel earlier = FileChannel.open(file, StandardOpenOption.WRITE)) {
          mark(earlier, header);
        }
      }
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  private static void mark(FileChannel target, ByteBuffer header) throws IOException {
    writeFully(target, header, 0);
    target.force(false);
  }

  /** A part of a record must not be followed by others. */
  private void cut(FileChannel target, IOException cause) {
    try {
      target.truncate(size);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static void writeFully(FileChannel target, ByteBuffer bytes, long position)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += target.write(bytes, at);
    }
  }

  /** Writes a file beside that says what the picture says, and moves it into this one's place. */
  @Nullable IOException rewrite(JournalPicture picture) {
    FileChannel next = null;
    try {
      Files.deleteIfExists(fresh);
      next = opener.create(fresh);
      long length = writeAll(next, picture);
      next.force(true);
      Object key = identityOf(fresh);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      closeQuietly(channel);
      channel = next;
      identity = key;
      size = length;
    } catch (IOException e) {
      discard(next, e);
      return e;
    }
    forceDirectory();
    return null;
  }

  /** One buffer at a time: the whole may be large. */
  private static long writeAll(FileChannel target, JournalPicture picture) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    RecordFormat.appendFileHeader(buffer, picture.isStale());
    long written = 0;
    Iterator<JournalRecord> records = picture.records();
    while (records.hasNext()) {
      if (buffer.remaining() < RecordFormat.MOST_BYTES) {
        written += flush(target, buffer, written);
      }
      RecordFormat.append(records.next(), buffer);
    }
    return written + flush(target, buffer, written);
  }

  private static int flush(FileChannel target, ByteBuffer buffer, long position)
      throws IOException {
    int length = buffer.flip().remaining();
    writeFully(target, buffer, position);
    buffer.clear();
    return length;
  }

  private void discard(@Nullable FileChannel next, IOException cause) {
    if (next == null) {
      return;
    }
    closeQuietly(next);
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Without it a power failure may undo the move; not every file system can do it. */
  private void forceDirectory() {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    } catch (IOException e) {
      LOG.debug("directory of the journal cannot be synced directory={}", directory, e);
    }
  }

  @Nullable IOException force() {
    FileChannel target = channel;
    if (target == null) {
      return null;
    }
    try {
      target.force(false);
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  /** Whether the path still leads to the file that is written to: somebody may have deleted it. */
  boolean isInPlace() {
    try {
      return channel != null && Objects.equals(identity, identityOf(file));
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable Object identityOf(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /** Whether less than {@code bytes} can still be written. */
  boolean isTight(long bytes) {
    return file.toFile().getUsableSpace() < bytes;
  }

  void close() {
    closeQuietly(channel);
    channel = null;
  }

  private static void closeQuietly(@Nullable FileChannel closed) {
    if (closed == null) {
      return;
    }
    try {
      closed.close();
    } catch (IOException e) {
      // What mattered was synced before, or is written anew elsewhere.
      LOG.debug("journal file does not close cleanly", e);
    }
  }
}
