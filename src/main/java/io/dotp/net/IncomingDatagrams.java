package io.dotp.net;

import io.dotp.metrics.DatagramMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.Errors;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;

/** What a UDP socket receives: many datagrams by one system call. Thread: the socket's loop. */
final class IncomingDatagrams {
  private static final int BATCH = 32;
  private static final int EINTR = 4;

  private final DatagramLibrary libc;
  private final int descriptor;
  private final MessageVector vector;
  private final DatagramMetrics metrics;

  /** Who takes the datagrams of a batch. */
  @FunctionalInterface
  interface Taker {
    /**
     * @param payload the taker's to release
     * @return whether the next one is wanted; what is left of the batch is lost otherwise
     */
    boolean take(ByteBuf payload, InetSocketAddress source, LocalAddress destination);
  }

  IncomingDatagrams(
      DatagramLibrary libc, int descriptor, int largestPayload, DatagramMetrics metrics) {
    this.libc = libc;
    this.descriptor = descriptor;
    this.metrics = metrics;
    vector = new MessageVector(BATCH, largestPayload);
  }

  /**
   * Receives one batch without waiting.
   *
   * @return whether there may be more
   */
  boolean receive(Taker taker) {
    vector.offerAll(BATCH);
    int count = libc.recvmmsg(descriptor, vector.address(), BATCH, 0, 0);
    if (count < 0) {
      int error = LastError.getLastError(Runtime.getSystemRuntime());
      if (error != -Errors.ERRNO_EAGAIN_NEGATIVE && error != EINTR) {
        metrics.receiveErrors.increment();
      }
      return false;
    }
    boolean wanted = true;
    for (int i = 0; i < count && wanted; i++) {
      wanted = deliver(i, taker);
    }
    return count == BATCH;
  }

  private boolean deliver(int index, Taker taker) {
    if (vector.isTruncated(index)) {
      metrics.tooLong.increment();
      return true;
    }
    ByteBuffer memory = vector.memory();
    LocalAddress destination =
        ControlMessages.destination(memory, vector.control(index), vector.controlLength(index));
    if (destination == null) {
      metrics.withoutDestination.increment();
      return true;
    }
    InetSocketAddress source = SocketAddresses.read(memory, vector.name(index));
    int length = vector.length(index);
    ByteBuf payload = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, length));
    payload.setBytes(
        0, memory.limit(vector.payload(index) + length).position(vector.payload(index)));
    memory.clear();
    payload.writerIndex(length);
    return taker.take(payload, source, destination);
  }
}
