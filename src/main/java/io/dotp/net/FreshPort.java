package io.dotp.net;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Gives a connected UDP socket another random port towards the same or another peer, by two calls
 * of connect(2): one with AF_UNSPEC, which dissolves the association and frees a port that was not
 * bound by hand, and one with the peer. Netty's own disconnect and connect do the same, but ask for
 * names and epoll's leave besides: seven system calls instead of two. Thread: any, one at a time
 * per socket.
 */
public final class FreshPort {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int IPV4_LENGTH = 16;
  private static final int IPV6_LENGTH = 28;

  private final ConnectLibrary libc;
  private final Pointer nobody;
  private final Pointer peer;
  private final int peerLength;

  private FreshPort(ConnectLibrary libc, Pointer nobody, Pointer peer, int peerLength) {
    this.libc = libc;
    this.nobody = nobody;
    this.peer = peer;
    this.peerLength = peerLength;
  }

  /**
   * @param peer an address, not a name
   */
  public static FreshPort towards(InetSocketAddress peer) {
    ConnectLibrary libc =
        LibraryLoader.create(ConnectLibrary.class).failImmediately().load("libc.so.6");
    byte[] address = socketAddress(peer);
    return new FreshPort(libc, memory(new byte[IPV4_LENGTH]), memory(address), address.length);
  }

  private static Pointer memory(byte[] bytes) {
    Pointer pointer = Memory.allocateDirect(Runtime.getSystemRuntime(), bytes.length, true);
    pointer.put(0, bytes, 0, bytes.length);
    return pointer;
  }

  /** struct sockaddr_in or sockaddr_in6: family in host order, the rest in network order. */
  private static byte[] socketAddress(InetSocketAddress peer) {
    byte[] address = peer.getAddress().getAddress();
    boolean ipv4 = address.length == 4;
    ByteBuffer bytes = ByteBuffer.allocate(ipv4 ? IPV4_LENGTH : IPV6_LENGTH);
    bytes.order(ByteOrder.nativeOrder()).putShort((short) (ipv4 ? AF_INET : AF_INET6));
    bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) peer.getPort());
    if (!ipv4) {
      bytes.putInt(0);
    }
    return bytes.put(address).array();
  }

  /**
   * Connects anew.
   *
   * @param descriptor of a UDP socket of the peer's family that was never bound by hand
   * @return false when the system refused; the socket may then be connected to nobody
   */
  public boolean take(int descriptor) {
    return libc.connect(descriptor, nobody, IPV4_LENGTH) == 0
        && libc.connect(descriptor, peer, peerLength) == 0;
  }
}
