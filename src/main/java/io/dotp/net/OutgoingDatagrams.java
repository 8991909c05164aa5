package io.dotp.net;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.DatagramMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Errors;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Iterator;
import jnr.ffi.LastError;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * What one socket still has to send, in order and bounded, and how it goes out: many datagrams by
 * one system call, each from the address that it belongs to. Thread: the socket's loop.
 */
final class OutgoingDatagrams {
  /** Datagrams that wait at most; a socket that is full this long has lost its clients anyway. */
  static final int MOST_DATAGRAMS = 1024;

  /** Bytes that wait at most. */
  static final int MOST_BYTES = 2 << 20;

  private static final int BATCH = 32;
  private static final int EINTR = 4;

  private final DatagramLibrary libc;
  private final int descriptor;
  private final boolean ipv6;
  private final DatagramMetrics metrics;
  private final MessageVector vector = new MessageVector(BATCH, 0);
  private final ArrayDeque<Datagram> queue = new ArrayDeque<>();
  private long bytes;

  /** A datagram that waits; its buffer is the queue's. */
  private static final class Datagram {
    final ByteBuf payload;
    final InetSocketAddress to;
    final LocalAddress from;

    Datagram(ByteBuf payload, InetSocketAddress to, LocalAddress from) {
      this.payload = payload;
      this.to = to;
      this.from = from;
    }
  }

  OutgoingDatagrams(DatagramLibrary libc, int descriptor, boolean ipv6, DatagramMetrics metrics) {
    this.libc = libc;
    this.descriptor = descriptor;
    this.ipv6 = ipv6;
    this.metrics = metrics;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Owns {@code payload}; drops it when too much waits, or when this socket cannot reach there. */
  void add(ByteBuf payload, InetSocketAddress to, LocalAddress from) {
    int length = payload.readableBytes();
    if (queue.size() >= MOST_DATAGRAMS || bytes + length > MOST_BYTES) {
      metrics.unsent.increment();
      payload.release();
    } else if (!ipv6 && to.getAddress().getAddress().length != 4) {
      metrics.refused.increment();
      payload.release();
    } else {
      bytes += length;
      queue.add(new Datagram(readable(payload), to, from));
    }
  }

  /** The same bytes where the kernel can read them; consumes {@code payload}. */
  private static ByteBuf readable(ByteBuf payload) {
    if (payload.isDirect() && payload.nioBufferCount() == 1) {
      return payload;
    }
    try {
      return payload.alloc().directBuffer(payload.readableBytes()).writeBytes(payload);
    } finally {
      payload.release();
    }
  }

  /**
   * Sends what waits.
   *
   * @return false when the kernel takes no more for now
   */
  boolean flush() {
    while (!queue.isEmpty()) {
      int sent = libc.sendmmsg(descriptor, vector.address(), fill(), 0);
      if (sent > 0) {
        drop(sent);
        continue;
      }
      int error = LastError.getLastError(Runtime.getSystemRuntime());
      if (error == -Errors.ERRNO_EAGAIN_NEGATIVE) {
        return false;
      }
      if (error != EINTR) {
        // The call reports an error only for its first datagram; those behind it get their turn.
        // ENOBUFS is one of these: nothing tells when there is room again.
        metrics.refused.increment();
        drop(1);
      }
    }
    return true;
  }

  /** Lays out the first datagrams of the queue and returns how many. */
  private int fill() {
    int count = 0;
    for (Iterator<Datagram> all = queue.iterator(); count < BATCH && all.hasNext(); count++) {
      Datagram next = all.next();
      vector.setPayload(count, address(next.payload), next.payload.readableBytes());
      IpAddress source = next.from.address();
      boolean onLink =
          LocalAddress.isLinkLocal(source)
              || LocalAddress.isLinkLocal(IpAddress.of(next.to.getAddress()));
      int index = next.from.interfaceIndex();
      int nameLength =
          SocketAddresses.write(vector.memory(), vector.name(count), next.to, ipv6, index);
      int controlLength =
          isSender(source)
              ? ControlMessages.writeSource(
                  vector.memory(), vector.control(count), source, onLink ? index : 0)
              : 0;
      vector.setLengths(count, nameLength, controlLength);
    }
    return count;
  }

  /** Unspecified and multicast addresses send nothing; the kernel then chooses. */
  private static boolean isSender(IpAddress source) {
    if (source.high() == 0 && source.low() == 0) {
      return false;
    }
    return source.family() == Family.IPV4
        ? source.low() >>> 28 != 0xe
        : source.high() >>> 56 != 0xff;
  }

  private static long address(ByteBuf payload) {
    return payload.hasMemoryAddress()
        ? payload.memoryAddress() + payload.readerIndex()
        : Pointer.wrap(Runtime.getSystemRuntime(), payload.nioBuffer()).address();
  }

  private void drop(int count) {
    for (int i = 0; i < count; i++) {
      Datagram done = queue.remove();
      bytes -= done.payload.readableBytes();
      done.payload.release();
    }
  }

  /** At the socket's end: gives up what still waits. */
  void clear() {
    metrics.unsent.add(queue.size());
    drop(queue.size());
  }
}
