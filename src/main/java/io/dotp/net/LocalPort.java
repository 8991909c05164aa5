package io.dotp.net;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Asks the kernel for the local port of an Internet socket, getsockname(2), without making objects.
 * Thread: one, because the answer passes through memory of its own.
 */
public final class LocalPort {
  private static final int LONGEST_ADDRESS = 28;

  private final ConnectLibrary libc =
      LibraryLoader.create(ConnectLibrary.class).failImmediately().load("libc.so.6");
  private final Pointer address =
      Memory.allocateDirect(Runtime.getSystemRuntime(), LONGEST_ADDRESS, true);
  private final Pointer length = Memory.allocateDirect(Runtime.getSystemRuntime(), 4, true);

  /** 0 when the socket has none. */
  public int of(int descriptor) {
    length.putInt(0, LONGEST_ADDRESS);
    if (libc.getsockname(descriptor, address, length) != 0) {
      return 0;
    }
    // The port follows the family, in network order, in sockaddr_in and sockaddr_in6 alike.
    return (address.getByte(2) & 0xff) << 8 | address.getByte(3) & 0xff;
  }
}
