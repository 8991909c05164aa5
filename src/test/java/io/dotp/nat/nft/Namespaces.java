package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** Moves threads to network namespaces. */
final class Namespaces {
  /** CLONE_NEWNET of sched.h. */
  private static final int NETWORK = 0x40000000;

  private Namespaces() {}

  /** Public because jnr-ffi's generated class lives in a class loader of its own. */
  public interface Library {
    int open(String path, int flags);

    int setns(int descriptor, int kind);

    int close(int descriptor);
  }

  /** A socket stays where it was made, whatever thread uses it later. */
  static void enter(long process) {
    Library library = LibraryLoader.create(Library.class).load("c");
    int descriptor = library.open("/proc/" + process + "/ns/net", 0);
    int error = library.setns(descriptor, NETWORK);
    int errno = Runtime.getRuntime(library).getLastError();
    library.close(descriptor);
    assertThat(error).as("setns(2), errno %d", errno).isZero();
  }
}
