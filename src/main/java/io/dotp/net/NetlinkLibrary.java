package io.dotp.net;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The socket calls of libc that a netlink listener needs. No method may have exactly six arguments:
 * jnr-ffi passes a wrong sixth one on x86-64 (jnr-ffi issue 181).
 */
public interface NetlinkLibrary {
  /** socket(2). */
  int socket(int domain, int type, int protocol);

  /** bind(2). */
  int bind(int descriptor, @In byte[] address, int length);

  /** recv(2). */
  @ssize_t
  long recv(int descriptor, @Out byte[] buffer, @size_t long length, int flags);

  /** close(2). */
  int close(int descriptor);
}
