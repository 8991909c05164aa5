package io.dotp.lists;

import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that fails when it, and others with the same budget, have given too much. Thread: one.
 */
final class BoundedInput extends InputStream {
  private final InputStream in;
  private final Budget budget;

  /** How many bytes may still be read; shared by all files of one list. */
  static final class Budget {
    private final long most;
    private long left;

    Budget(long most) {
      this.most = most;
      this.left = most;
    }

    private int spent(int bytes) throws IOException {
      left -= Math.max(bytes, 0);
      if (left < 0) {
        throw new IOException("larger than " + most + " bytes");
      }
      return bytes;
    }
  }

  BoundedInput(InputStream in, Budget budget) {
    this.in = in;
    this.budget = budget;
  }

  @Override
  public int read() throws IOException {
    int octet = in.read();
    budget.spent(octet < 0 ? 0 : 1);
    return octet;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return budget.spent(in.read(target, offset, length));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
