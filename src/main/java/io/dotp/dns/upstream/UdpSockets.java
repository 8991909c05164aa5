package io.dotp.dns.upstream;

import io.dotp.ip.Family;
import io.dotp.metrics.UpstreamMetrics;
import io.dotp.net.DescriptorLimit;
import io.dotp.net.LocalPort;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketProtocolFamily;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets of one loop. A query has a socket of its own, with a port of its own; sockets
 * that are done wait for the next query, since connecting anew is cheaper than opening anew.
 * Towards a server on this machine, where nobody outside can answer, queries share a socket.
 *
 * <p>Thread: the loop.
 */
final class UdpSockets {
  private static final Logger LOG = LoggerFactory.getLogger(UdpSockets.class);

  static final int MOST_IDLE = 256;
  static final int MOST_OPEN = 8192;

  private static final int BATCH_OF_SHARED = 16;

  private final EventLoop loop;
  private final OwnSockets ownSockets;
  private final LocalPort localPort = new LocalPort();
  private final RandomBits random;
  private final UpstreamMetrics metrics;
  private final ArrayDeque<UdpSocket> idleIpv4 = new ArrayDeque<>();
  private final ArrayDeque<UdpSocket> idleIpv6 = new ArrayDeque<>();

  /** By the server's index. */
  private final List<List<UdpSocket>> shared = new ArrayList<>();

  private final int mostOpen =
      DescriptorLimit.share(MOST_OPEN, Runtime.getRuntime().availableProcessors());
  private int open;

  UdpSockets(EventLoop loop, OwnSockets ownSockets, RandomBits random, UpstreamMetrics metrics) {
    this.loop = loop;
    this.ownSockets = ownSockets;
    this.random = random;
    this.metrics = metrics;
  }

  /** A socket that is connected to the server, or null when none is to be had now. */
  @Nullable UdpSocket lease(UpstreamServer server) {
    UdpSocket socket = server.sharesSockets() ? findShared(server) : idleOf(server).pollLast();
    if (socket != null && server.sharesSockets()) {
      return socket;
    }
    socket = socket == null ? openFor(server) : socket;
    if (socket == null) {
      metrics.socketFailures.increment();
      return null;
    }
    if (!socket.connect(server, localPort)) {
      close(socket);
      return null;
    }
    ownSockets.addUdp(socket.port());
    if (server.sharesSockets()) {
      sharedOf(server).add(socket);
    }
    return socket;
  }

  private List<UdpSocket> sharedOf(UpstreamServer server) {
    while (shared.size() <= server.index()) {
      shared.add(new ArrayList<>(1));
    }
    return shared.get(server.index());
  }

  private @Nullable UdpSocket findShared(UpstreamServer server) {
    for (UdpSocket each : sharedOf(server)) {
      if (each.isOpen() && !each.pending().isFull()) {
        return each;
      }
    }
    return null;
  }

  private @Nullable UdpSocket openFor(UpstreamServer server) {
    if (open >= mostOpen) {
      return null;
    }
    SocketProtocolFamily family =
        server.family() == Family.IPV4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    boolean many = server.sharesSockets();
    try {
      PendingIds pending = new PendingIds(many ? 64 : 1, random);
      UdpSocket socket = UdpSocket.open(loop, family, pending, metrics, many ? BATCH_OF_SHARED : 1);
      open++;
      return socket;
    } catch (ChannelException e) {
      LOG.debug("no socket server={} reason=\"{}\"", server, e.getMessage());
      return null;
    }
  }

  /** Takes a socket back; its user has removed its ID. */
  void release(UdpSocket socket, UpstreamServer server) {
    if (server.sharesSockets()) {
      return;
    }
    ownSockets.removeUdp(socket.port());
    if (socket.isReusable() && idleIpv4.size() + idleIpv6.size() < MOST_IDLE) {
      idleOf(server).addLast(socket);
    } else {
      close(socket);
    }
  }

  private ArrayDeque<UdpSocket> idleOf(UpstreamServer server) {
    return server.family() == Family.IPV4 ? idleIpv4 : idleIpv6;
  }

  private void close(UdpSocket socket) {
    open--;
    socket.close();
  }

  /** Closes what nobody uses; to be called when every query has ended. */
  void close() {
    idleIpv4.forEach(this::close);
    idleIpv4.clear();
    idleIpv6.forEach(this::close);
    idleIpv6.clear();
    for (List<UdpSocket> each : shared) {
      for (UdpSocket socket : each) {
        ownSockets.removeUdp(socket.port());
        close(socket);
      }
      each.clear();
    }
  }
}
