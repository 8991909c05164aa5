package io.dotp.nat;

import io.dotp.nat.mapping.SipHash;

/** The secret that decides which fake a real address gets. Never printed. */
public final class PoolKey {
  /** Length in bytes. */
  public static final int BYTES = SipHash.KEY_BYTES;

  private final SipHash hash;

  /**
   * @param key {@link #BYTES} random bytes, kept over restarts
   */
  public PoolKey(byte[] key) {
    hash = new SipHash(key);
  }

  SipHash hash() {
    return hash;
  }
}
