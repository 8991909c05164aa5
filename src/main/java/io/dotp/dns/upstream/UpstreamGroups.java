package io.dotp.dns.upstream;

import io.dotp.config.UpstreamConfig;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.UpstreamMetrics;
import io.dotp.name.WireName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Every group of upstream servers; {@link UpstreamQuery#group} is an index into it, 0 the default.
 * Thread: any.
 */
public final class UpstreamGroups {
  private final List<UpstreamGroup> groups;
  private final OwnSockets ownSockets = new OwnSockets();
  private final UnderWay underWay = new UnderWay();
  private final UpstreamTimings timings;
  private final int servers;

  /**
   * @param configs at least one; their order is that of the groups
   * @param nanoClock monotonic, compared by subtraction
   */
  public UpstreamGroups(
      List<UpstreamConfig> configs, UpstreamMetrics metrics, LongSupplier nanoClock) {
    this(
        configs,
        UpstreamTimings.DEFAULT,
        address -> address.toInetAddress().isLoopbackAddress(),
        metrics,
        nanoClock);
  }

  /**
   * @param shares towards which servers a socket may carry many queries
   */
  UpstreamGroups(
      List<UpstreamConfig> configs,
      UpstreamTimings timings,
      Predicate<IpAddress> shares,
      UpstreamMetrics metrics,
      LongSupplier nanoClock) {
    this.timings = timings;
    ServerFactory factory = new ServerFactory(timings, shares, metrics, nanoClock.getAsLong());
    this.groups =
        configs.stream()
            .map(config -> new UpstreamGroup(factory.servers(config), nanoClock))
            .toList();
    this.servers = factory.count();
  }

  /**
   * What is wrong with a file of trusted certificates, null when nothing is; to be asked before the
   * constructor, which throws then.
   */
  public static @Nullable String problemOf(Path caFile) {
    try {
      TlsClient.of(caFile, Runnable::run);
      return null;
    } catch (IOException e) {
      return e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
    }
  }

  /** All groups in the order of their indexes. */
  public List<UpstreamGroup> all() {
    return groups;
  }

  /** How many groups there are. */
  public int size() {
    return groups.size();
  }

  /**
   * Whether a query came from one of our own upstream sockets, which makes it a loop.
   *
   * @param source its address is known to be one of this machine
   */
  public boolean isOwnSocket(InetSocketAddress source) {
    return ownSockets.contains(source);
  }

  /**
   * Whether a query comes from a server that is at this moment being asked the same question: then
   * it forwards to us what we forward to it. Costs a comparison per server unless it does come from
   * one.
   *
   * @param source an address that is not one of this machine's
   */
  public boolean isAsking(InetAddress source, WireName qname, int qtype, int qclass) {
    for (int group = 0; group < groups.size(); group++) {
      if (groups.get(group).isAt(source)
          && underWay.contains(qname.toDomainName(), qtype, qclass, group)) {
        return true;
      }
    }
    return false;
  }

  /** The questions of all loops. */
  UnderWay underWay() {
    return underWay;
  }

  UpstreamGroup get(int group) {
    return groups.get(group);
  }

  /** How many servers there are in all groups. */
  int servers() {
    return servers;
  }

  UpstreamTimings timings() {
    return timings;
  }

  OwnSockets ownSockets() {
    return ownSockets;
  }
}
