package io.dotp.net;

/**
 * The calls of libc that move many datagrams at once, with their control messages. No method may
 * have exactly six arguments: jnr-ffi passes a wrong sixth one on x86-64 (jnr-ffi issue 181).
 */
public interface DatagramLibrary {
  /** socket(2). */
  int socket(int domain, int type, int protocol);

  /**
   * recvmmsg(2).
   *
   * @param messages address of an array of struct mmsghdr
   * @param timeout address of a struct timespec, 0 for none
   */
  int recvmmsg(int descriptor, long messages, int count, int flags, long timeout);

  /**
   * sendmmsg(2).
   *
   * @param messages address of an array of struct mmsghdr
   */
  int sendmmsg(int descriptor, long messages, int count, int flags);
}
