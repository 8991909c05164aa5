package io.dotp.dns.upstream;

import io.netty.buffer.ByteBuf;

/** How messages travel on an established connection. Thread: the connection's loop. */
interface MessageWire {
  /**
   * Sends one query, and tells the connection what comes back for it.
   *
   * @param id under which its answer is waited for
   * @param message borrowed; its own ID does not count
   */
  void send(int id, ByteBuf message);

  /** Nobody waits for this answer any longer. */
  void cancel(int id);
}
