package io.dotp.dns.upstream;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.UpstreamMetrics;
import io.dotp.net.FreshPort;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One server and what all loops know of it. Three failures in a row send it to rest; any answer
 * ends that. When the rest is over, the next failure sends it back at once. Thread: any.
 */
final class UpstreamServer {
  private static final int FAILURES_TO_REST = 3;

  private final int index;
  private final IpAddress address;
  private final InetSocketAddress socketAddress;
  private final FreshPort freshPort;
  private final boolean sharesSockets;
  private final UpstreamTimings timings;
  private final UpstreamMetrics metrics;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong nextProbe;
  private volatile long restUntil;
  private volatile boolean keepsCase = true;

  /**
   * @param index place among the servers of all groups, from 0
   * @param sharesSockets whether one kept socket may carry many queries
   * @param now of the group's clock
   */
  UpstreamServer(
      int index,
      InetSocketAddress socketAddress,
      boolean sharesSockets,
      UpstreamTimings timings,
      UpstreamMetrics metrics,
      long now) {
    this.index = index;
    this.address = IpAddress.of(socketAddress.getAddress());
    this.socketAddress = socketAddress;
    this.freshPort = FreshPort.towards(socketAddress);
    this.sharesSockets = sharesSockets;
    this.timings = timings;
    this.metrics = metrics;
    this.restUntil = now;
    this.nextProbe = new AtomicLong(now);
  }

  int index() {
    return index;
  }

  Family family() {
    return address.family();
  }

  InetSocketAddress socketAddress() {
    return socketAddress;
  }

  /** How a socket that was connected before gets to this server from another port. */
  FreshPort freshPort() {
    return freshPort;
  }

  boolean sharesSockets() {
    return sharesSockets;
  }

  /** Whether letters of random case come back as they were sent. */
  boolean keepsCase() {
    return keepsCase;
  }

  /**
   * The server changed letters over TCP, where nobody else can have done it.
   *
   * @return whether this is news
   */
  boolean losesCase() {
    boolean news = keepsCase;
    keepsCase = false;
    return news;
  }

  void answered() {
    if (failures.get() != 0) {
      failures.set(0);
    }
  }

  void failed(long now) {
    boolean rested = isResting(now);
    if (failures.incrementAndGet() < FAILURES_TO_REST) {
      return;
    }
    restUntil = now + timings.restNanos();
    if (!rested) {
      nextProbe.set(now + timings.probeNanos());
      metrics.rests.increment();
    }
  }

  boolean isResting(long now) {
    return failures.get() >= FAILURES_TO_REST && restUntil - now > 0;
  }

  /** Whether the caller is to send a probe; one caller per interval is told so. */
  boolean takeProbe(long now) {
    long due = nextProbe.get();
    return isResting(now)
        && now - due >= 0
        && nextProbe.compareAndSet(due, now + timings.probeNanos());
  }

  ServerStatus status(long now) {
    return new ServerStatus(
        address, socketAddress.getPort(), failures.get(), isResting(now), keepsCase);
  }

  @Override
  public String toString() {
    return socketAddress.toString();
  }
}
