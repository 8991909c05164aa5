package io.dotp.lists;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream of UTF-8 into lines without making texts of them. Thread: one. */
final class LineReader {
  /** Bytes of a line; what is longer is a bad line. */
  static final int MAX_LINE = 1 << 14;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int start;
  private int end;
  private int number;
  private boolean ended;

  LineReader(InputStream in) {
    this.in = in;
  }

  /**
   * Goes to the next line.
   *
   * @return false at the end of the stream
   */
  boolean next(Line line) throws IOException {
    int scanned = start;
    boolean tooLong = false;
    while (true) {
      int newline = newline(scanned);
      if (newline >= 0 || ended) {
        int to = newline >= 0 ? newline : end;
        boolean any = newline >= 0 || to > start || tooLong;
        tooLong |= to - start > MAX_LINE;
        int from = number == 0 ? start + markLength() : start;
        line.set(buffer, tooLong ? to : from, to, ++number, tooLong);
        start = newline >= 0 ? newline + 1 : end;
        return any;
      }
      if (end - start > MAX_LINE) {
        tooLong = true;
        start = end;
      }
      fill();
      scanned = start;
    }
  }

  private int newline(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private int markLength() {
    boolean marked =
        end - start >= 3 && Arrays.equals(buffer, start, start + 3, BYTE_ORDER_MARK, 0, 3);
    return marked ? 3 : 0;
  }

  private void fill() throws IOException {
    System.arraycopy(buffer, start, buffer, 0, end - start);
    end -= start;
    start = 0;
    int read = in.read(buffer, end, buffer.length - end);
    ended = read < 0;
    end += Math.max(read, 0);
  }
}
