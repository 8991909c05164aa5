package io.dotp.net;

import io.dotp.netlink.NetlinkLibrary;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;
import jnr.ffi.LibraryLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@link OwnAddresses} current: a thread waits for address changes on an rtnetlink socket
 * (rtnetlink(7)) and reads the interfaces again after each. Other threads see one volatile
 * snapshot.
 */
public final class AddressWatch implements Supplier<OwnAddresses> {
  private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final int RTMGRP_IPV4_IFADDR = 0x10;
  private static final int RTMGRP_IPV6_IFADDR = 0x100;

  private volatile OwnAddresses current;

  private AddressWatch(OwnAddresses first) {
    current = first;
  }

  /**
   * Reads once and starts the watching thread, a daemon thread that ends with the process.
   *
   * @throws SocketException when the interfaces cannot be listed at all
   */
  public static AddressWatch start() throws SocketException {
    NetlinkLibrary libc =
        LibraryLoader.create(NetlinkLibrary.class).failImmediately().load("libc.so.6");
    int descriptor = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
    boolean bound = descriptor >= 0 && libc.bind(descriptor, groups(), 12) == 0;
    // Bound first, read second: a change in between is then seen, not missed.
    AddressWatch watch = new AddressWatch(OwnAddresses.read());
    if (!bound) {
      LOG.warn("own addresses are read only once reason=\"no rtnetlink socket\"");
      return watch;
    }
    Thread thread = new Thread(() -> watch.follow(libc, descriptor), "dotp-addresses");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  @Override
  public OwnAddresses get() {
    return current;
  }

  private void follow(NetlinkLibrary libc, int descriptor) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
    int failures = 0;
    while (failures < 1000) {
      // A full buffer (ENOBUFS) means that changes were lost, which one more reading cures as well.
      failures = libc.recv(descriptor, buffer, buffer.capacity(), 0) < 0 ? failures + 1 : 0;
      try {
        current = OwnAddresses.read();
      } catch (SocketException e) {
        LOG.warn("own addresses cannot be read reason=\"{}\"", e.getMessage());
      }
    }
    LOG.warn("own addresses are no longer watched reason=\"rtnetlink socket fails\"");
  }

  /** struct sockaddr_nl: family, padding, port id 0 (kernel's choice), multicast groups. */
  private static byte[] groups() {
    return ByteBuffer.allocate(12)
        .order(ByteOrder.nativeOrder())
        .putShort((short) AF_NETLINK)
        .putShort((short) 0)
        .putInt(0)
        .putInt(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
        .array();
  }
}
