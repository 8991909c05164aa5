package io.dotp.netlink;

import java.nio.ByteBuffer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The calls of libc that a netlink socket needs. No method may have exactly six arguments: jnr-ffi
 * passes a wrong sixth one on x86-64 (jnr-ffi issue 181).
 */
public interface NetlinkLibrary {
  /** socket(2). */
  int socket(int domain, int type, int protocol);

  /** bind(2). */
  int bind(int descriptor, @In byte[] address, int length);

  /** getsockname(2). */
  int getsockname(int descriptor, @Out byte[] address, byte[] length);

  /** setsockopt(2). */
  int setsockopt(int descriptor, int level, int option, @In byte[] value, int length);

  /** send(2). */
  @ssize_t
  long send(int descriptor, @In ByteBuffer direct, @size_t long length, int flags);

  /** recv(2). */
  @ssize_t
  long recv(int descriptor, @Out ByteBuffer direct, @size_t long length, int flags);

  /** poll(2), on an array of struct pollfd. */
  int poll(byte[] descriptors, @size_t long count, int timeoutMillis);

  /** eventfd(2). */
  int eventfd(int initial, int flags);

  /** write(2). */
  @ssize_t
  long write(int descriptor, @In byte[] buffer, @size_t long length);

  /** read(2). */
  @ssize_t
  long read(int descriptor, @Out byte[] buffer, @size_t long length);

  /** close(2). */
  int close(int descriptor);
}
