package io.dotp.nat.nft;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LibraryLoader;

/** The capabilities of the calling thread (capabilities(7)). */
final class Capabilities {
  private static final int VERSION_3 = 0x2008_0522;

  private Capabilities() {}

  /** The one call that is needed; public for jnr-ffi's generated class. */
  public interface CapsetLibrary {
    /** capset(2), with both structures. */
    int capset(byte[] header, byte[] data);
  }

  /** Gives all of them up, for good; 0 when done. */
  static int drop() {
    byte[] header = new byte[8];
    ByteBuffer.wrap(header).order(ByteOrder.nativeOrder()).putInt(VERSION_3);
    return LibraryLoader.create(CapsetLibrary.class)
        .failImmediately()
        .load("libc.so.6")
        .capset(header, new byte[24]);
  }
}
