package io.dotp.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * A blocking netlink socket whose owner can be woken. Thread: the owner's, but for {@link #wake}.
 *
 * <p>Errors: numbers of errno.h, never exceptions.
 */
public final class NetlinkSocket implements AutoCloseable {
  /** Routes and routing rules. */
  public static final int ROUTE = 0;

  /** Netfilter: nftables, conntrack. */
  public static final int NETFILTER = 12;

  public static final int EPERM = 1;
  public static final int EINTR = 4;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOBUFS = 105;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int ADDRESS_LENGTH = 12;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_TRUNC = 0x20;
  private static final short POLLIN = 1;
  private static final int FIRST_TRANSFER = 4_096;

  /** What one large message needed is not kept. */
  private static final int KEPT_TRANSFER = 1 << 18;

  private static final byte[] ONE = {1, 0, 0, 0, 0, 0, 0, 0};

  private final NetlinkLibrary libc;
  private final int descriptor;
  private final int event;
  private final int portId;

  /**
   * What is on its way: jnr-ffi passes its address, while of an array it would copy all, however
   * little of it is used, to native memory and back.
   */
  private ByteBuffer transfer = ByteBuffer.allocateDirect(FIRST_TRANSFER);

  // Two of struct pollfd: the socket, the event.
  private final byte[] polled = new byte[16];
  private final Object eventLock = new Object();
  private volatile boolean closed;

  /** How the opening of a socket ended. */
  public sealed interface Opening {
    /**
     * Bound to a port id of the kernel's choice.
     *
     * @param socket the caller's to close
     */
    record Opened(NetlinkSocket socket) implements Opening {}

    /**
     * Nothing is left open.
     *
     * @param call the system call that failed
     * @param errno its error
     */
    record Refused(String call, int errno) implements Opening {}
  }

  /** What {@link #await} saw first. */
  public enum Event {
    READABLE,
    WOKEN,
    TIMEOUT
  }

  private NetlinkSocket(NetlinkLibrary libc, int descriptor, int event, int portId) {
    this.libc = libc;
    this.descriptor = descriptor;
    this.event = event;
    this.portId = portId;
    ByteBuffer.wrap(polled)
        .order(ByteOrder.nativeOrder())
        .putInt(descriptor)
        .putShort(POLLIN)
        .putShort((short) 0)
        .putInt(event)
        .putShort(POLLIN);
  }

  /**
   * @param protocol as {@link #NETFILTER}
   */
  public static Opening open(int protocol) {
    NetlinkLibrary libc = Libc.LIBRARY;
    int descriptor = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
    if (descriptor < 0) {
      return new Opening.Refused("socket", errno());
    }
    byte[] address = new byte[ADDRESS_LENGTH];
    byte[] length = number(ADDRESS_LENGTH);
    ByteBuffer view = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
    view.putShort(0, (short) AF_NETLINK);
    String call = "bind";
    int result = libc.bind(descriptor, address, ADDRESS_LENGTH);
    if (result == 0) {
      call = "getsockname";
      result = libc.getsockname(descriptor, address, length);
    }
    int event = -1;
    if (result == 0) {
      call = "eventfd";
      event = libc.eventfd(0, EFD_CLOEXEC_NONBLOCK);
      result = event;
    }
    if (result < 0) {
      int errno = errno();
      libc.close(descriptor);
      return new Opening.Refused(call, errno);
    }
    return new Opening.Opened(new NetlinkSocket(libc, descriptor, event, view.getInt(4)));
  }

  /** The kernel's name for this socket, unique in the network namespace while it is open. */
  public int portId() {
    return portId;
  }

  /**
   * Receives notifications of {@code group} from here on.
   *
   * @return 0, or the error
   */
  public int join(int group) {
    return set(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
  }

  /**
   * Asks for errors without a copy of the whole request, but with the place in it (Linux 4.12). An
   * older kernel goes on as before.
   */
  public void shortErrors() {
    set(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    set(SOL_NETLINK, NETLINK_EXT_ACK, 1);
  }

  /**
   * Makes room for {@code bytes} on the way to the kernel and back, beyond the system's limit where
   * we may. Whoever may not goes on with what there is.
   */
  public void buffers(int sendBytes, int receiveBytes) {
    if (set(SOL_SOCKET, SO_SNDBUFFORCE, sendBytes) != 0) {
      set(SOL_SOCKET, SO_SNDBUF, sendBytes);
    }
    if (set(SOL_SOCKET, SO_RCVBUFFORCE, receiveBytes) != 0) {
      set(SOL_SOCKET, SO_RCVBUF, receiveBytes);
    }
  }

  /** Sets any option of socket(7) or netlink(7); 0, or the error. */
  public int set(int level, int option, int value) {
    return libc.setsockopt(descriptor, level, option, number(value), Integer.BYTES) == 0
        ? 0
        : errno();
  }

  /**
   * Sends one datagram to the kernel, which carries it out before this returns.
   *
   * @return 0, or the error; {@link #EBADF} after {@link #close}
   */
  public int send(byte[] message, int length) {
    if (closed) {
      return EBADF;
    }
    ByteBuffer direct = room(length).put(message, 0, length).flip();
    while (true) {
      if (libc.send(descriptor, direct, length, 0) >= 0) {
        return 0;
      }
      int errno = errno();
      if (errno != EINTR) {
        return errno;
      }
    }
  }

  /**
   * Receives one datagram if there is one.
   *
   * @return its length, more than the buffer's if it was cut; below 0 the negated error, as {@link
   *     #EAGAIN} for nothing there
   */
  public int receive(byte[] buffer) {
    if (closed) {
      return -EBADF;
    }
    ByteBuffer direct = room(buffer.length);
    while (true) {
      long length = libc.recv(descriptor, direct, buffer.length, MSG_DONTWAIT | MSG_TRUNC);
      if (length >= 0) {
        direct.get(buffer, 0, (int) Math.min(length, buffer.length));
        return (int) length;
      }
      int errno = errno();
      if (errno != EINTR) {
        return -errno;
      }
    }
  }

  /** The transfer buffer, empty, with room for so many bytes. */
  private ByteBuffer room(int bytes) {
    if (bytes > transfer.capacity() || transfer.capacity() > KEPT_TRANSFER) {
      transfer = ByteBuffer.allocateDirect(Math.max(bytes, FIRST_TRANSFER));
    }
    return transfer.clear();
  }

  /**
   * Waits for a datagram (or an error of the socket) or for {@link #wake}.
   *
   * @param timeoutMillis below 0 for ever
   */
  public Event await(int timeoutMillis) {
    if (closed) {
      return Event.READABLE;
    }
    ByteBuffer view = ByteBuffer.wrap(polled).order(ByteOrder.nativeOrder());
    view.putShort(6, (short) 0).putShort(14, (short) 0);
    int ready = libc.poll(polled, 2, timeoutMillis);
    if (ready <= 0) {
      return Event.TIMEOUT;
    }
    if (view.getShort(14) != 0) {
      libc.read(event, new byte[Long.BYTES], Long.BYTES);
      return Event.WOKEN;
    }
    return Event.READABLE;
  }

  /** Ends the present or the next {@link #await}. Thread: any; harmless after {@link #close}. */
  public void wake() {
    synchronized (eventLock) {
      if (!closed) {
        libc.write(event, ONE, ONE.length);
      }
    }
  }

  @Override
  public void close() {
    synchronized (eventLock) {
      if (!closed) {
        closed = true;
        libc.close(event);
        libc.close(descriptor);
      }
    }
  }

  private static int errno() {
    return LastError.getLastError(Runtime.getSystemRuntime());
  }

  private static byte[] number(int value) {
    byte[] bytes = new byte[Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
    return bytes;
  }

  /** Loaded with the first socket. */
  private static final class Libc {
    private static final NetlinkLibrary LIBRARY =
        LibraryLoader.create(NetlinkLibrary.class).failImmediately().load("libc.so.6");
  }
}
