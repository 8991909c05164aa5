package io.dotp.net;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;

/** Two socket calls of libc, for addresses that were laid out in native memory once. */
public interface ConnectLibrary {
  /** 0, or -1 and an errno that nobody asks for. */
  int connect(int descriptor, @In Pointer address, int length);

  /** 0 or -1, getsockname(2). */
  int getsockname(int descriptor, Pointer address, Pointer length);
}
