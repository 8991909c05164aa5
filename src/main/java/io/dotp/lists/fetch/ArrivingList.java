package io.dotp.lists.fetch;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A list on its way to the disk: received, decompressed, judged, put in place. Thread: one at a
 * time, which may block.
 */
final class ArrivingList {
  private static final int PIECE = 65_536;

  private final StoredList stored;
  private final long maxBytes;
  private @Nullable FileChannel received;

  ArrivingList(StoredList stored, long maxBytes) {
    this.stored = stored;
    this.maxBytes = maxBytes;
  }

  void open() throws IOException {
    stored.makeDirectory();
    received =
        FileChannel.open(
            stored.received(),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  /** Borrows the bytes. */
  void write(ByteBuf bytes) throws IOException {
    FileChannel open = received;
    if (open == null) {
      throw new IOException("the file is not open");
    }
    while (bytes.isReadable()) {
      bytes.readBytes(open, bytes.readableBytes());
    }
  }

  /**
   * All of it has come.
   *
   * @param compressed whether with gzip
   * @param judge says what is wrong with a list, null when it is fit for use
   */
  FetchResult finish(
      boolean compressed, Function<Path, @Nullable String> judge, StoredList.Origin origin)
      throws IOException {
    close();
    if (compressed) {
      decompress();
    } else {
      Files.move(stored.received(), stored.fresh(), StandardCopyOption.REPLACE_EXISTING);
    }
    long size = Files.size(stored.fresh());
    String fault = judge.apply(stored.fresh());
    if (fault != null) {
      stored.discard();
      return new FetchResult.Refused(fault);
    }
    stored.replace(origin);
    return new FetchResult.Replaced(size);
  }

  private void decompress() throws IOException {
    byte[] piece = new byte[PIECE];
    long left = maxBytes;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(stored.received()), PIECE);
        OutputStream out = Files.newOutputStream(stored.fresh())) {
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        left -= count;
        if (left < 0) {
          throw new IOException("it is larger than " + maxBytes + " bytes");
        }
        out.write(piece, 0, count);
      }
    }
  }

  /** Forgets it. */
  void discard() throws IOException {
    close();
    stored.discard();
  }

  private void close() throws IOException {
    FileChannel open = received;
    received = null;
    if (open != null) {
      open.close();
    }
  }
}
