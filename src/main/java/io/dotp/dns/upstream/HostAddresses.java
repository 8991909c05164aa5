package io.dotp.dns.upstream;

import io.dotp.name.DomainName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is that was given by name. Old addresses are kept for as long as there are no
 * newer ones: a server seldom moves on the day on which the bootstrap servers are out. Thread: any.
 */
final class HostAddresses {
  private static final long SHORTEST_SECONDS = 60;
  private static final long LONGEST_SECONDS = 86_400;
  private static final long RETRY_SECONDS = 10;

  private final DomainName name;
  private final int port;
  private final List<UpstreamServer> bootstrap;
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile List<InetAddress> addresses = List.of();
  private volatile long freshUntil;

  /**
   * @param bootstrap who knows the addresses, in this order
   */
  HostAddresses(DomainName name, int port, List<UpstreamServer> bootstrap) {
    this.name = name;
    this.port = port;
    this.bootstrap = List.copyOf(bootstrap);
  }

  DomainName name() {
    return name;
  }

  List<UpstreamServer> bootstrap() {
    return bootstrap;
  }

  /** The one to try now; null while none is known. */
  @Nullable InetSocketAddress current() {
    List<InetAddress> known = addresses;
    return known.isEmpty()
        ? null
        : new InetSocketAddress(known.get(Math.floorMod(turn.get(), known.size())), port);
  }

  boolean contains(InetAddress address) {
    return addresses.contains(address);
  }

  /** Whether the caller is to look the name up again, and to say when that has ended. */
  boolean beginRefresh(long now) {
    return freshUntil - now <= 0 && refreshing.compareAndSet(false, true);
  }

  void endRefresh() {
    refreshing.set(false);
  }

  void found(List<InetAddress> found, long ttlSeconds, long now) {
    if (!found.equals(addresses)) {
      addresses = List.copyOf(found);
      turn.set(0);
    }
    long seconds = Math.min(Math.max(ttlSeconds, SHORTEST_SECONDS), LONGEST_SECONDS);
    freshUntil = now + TimeUnit.SECONDS.toNanos(seconds);
  }

  void foundNothing(long now) {
    freshUntil = now + TimeUnit.SECONDS.toNanos(RETRY_SECONDS);
  }

  /**
   * The current one cannot be connected to. After the last one the name is looked up again.
   *
   * @return whether there is another one to try
   */
  boolean takeNext(long now) {
    int known = addresses.size();
    boolean round = known < 2 || Math.floorMod(turn.incrementAndGet(), known) == 0;
    if (round) {
      freshUntil = now;
    }
    return !round;
  }
}
