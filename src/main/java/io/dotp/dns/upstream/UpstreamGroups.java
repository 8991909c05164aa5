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
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Every group of upstream servers; {@link UpstreamQuery#group} is an index into it, 0 the default.
 * Thread: any.
 */
public final class UpstreamGroups {
  /*
   * A group keeps its index for good, since answers are kept by it. One that no route asks any more
   * stays: a query may be under way to it, and the route may come back. As only a reload adds any,
   * and equal ones are one, there are few.
   */

  /** Groups that reloads may bring about until the next start. */
  static final int MOST_GROUPS = 1_024;

  /** Only ever grows at the end. */
  private volatile List<UpstreamGroup> groups = List.of();

  /** What each of them was made of. */
  private final List<UpstreamConfig> made = new ArrayList<>();

  private final ServerFactory factory;
  private final LongSupplier nanoClock;

  /** Indexes of those that the configuration has. */
  private volatile SortedSet<Integer> inUse = new TreeSet<>();

  private final OwnSockets ownSockets = new OwnSockets();
  private final UnderWay underWay = new UnderWay();
  private final UpstreamTimings timings;

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
    this.nanoClock = nanoClock;
    this.factory = new ServerFactory(timings, shares, metrics, nanoClock);
    configs.forEach(this::add);
    inUse = new TreeSet<>(IntStream.range(0, configs.size()).boxed().toList());
  }

  private int add(UpstreamConfig config) {
    List<UpstreamGroup> grown = new ArrayList<>(groups);
    grown.add(new UpstreamGroup(factory.servers(config), nanoClock));
    groups = List.copyOf(grown);
    made.add(config);
    return made.size() - 1;
  }

  /**
   * The index of each of these, which are made if need be; what answers the first one is the
   * default. Their files of certificates have been asked about.
   *
   * @return empty when there have been too many since the start
   */
  public synchronized List<Integer> indexes(List<UpstreamConfig> configs) {
    List<Integer> indexes = new ArrayList<>();
    for (UpstreamConfig config : configs) {
      int known = made.indexOf(config);
      if (known < 0 && made.size() >= MOST_GROUPS) {
        return List.of();
      }
      indexes.add(known < 0 ? add(config) : known);
    }
    return indexes;
  }

  /** Those that the configuration has from now on. */
  public void use(List<Integer> indexes) {
    inUse = new TreeSet<>(indexes);
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

  /** The groups that the configuration has, by their indexes. */
  public SortedMap<Integer, UpstreamGroup> all() {
    SortedMap<Integer, UpstreamGroup> all = new TreeMap<>();
    inUse.forEach(index -> all.put(index, groups.get(index)));
    return all;
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
    List<UpstreamGroup> known = groups;
    for (int group = 0; group < known.size(); group++) {
      if (known.get(group).isAt(source)
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

  UpstreamTimings timings() {
    return timings;
  }

  OwnSockets ownSockets() {
    return ownSockets;
  }
}
