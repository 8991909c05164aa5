package io.dotp.dns.upstream;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Servers that are asked in one order, and what all loops know of them. Thread: any.
 *
 * <p>A server that rests is left out, unless all rest; meanwhile it gets a copy of a live query now
 * and then, so that its return is noticed without a client waiting for it.
 */
public final class UpstreamGroup {
  private final List<UpstreamServer> servers;
  private final LongSupplier nanoClock;

  /**
   * @param servers at least one, in the order in which they are asked
   */
  UpstreamGroup(List<UpstreamServer> servers, LongSupplier nanoClock) {
    this.servers = List.copyOf(servers);
    this.nanoClock = nanoClock;
  }

  /** Health of every server, in the order in which they are asked. */
  public List<ServerStatus> status() {
    long now = nanoClock.getAsLong();
    return servers.stream().map(server -> server.status(now)).toList();
  }

  /** Whether one of its servers has this address. */
  boolean isAt(InetAddress address) {
    for (int i = 0; i < servers.size(); i++) {
      if (servers.get(i).isAt(address)) {
        return true;
      }
    }
    return false;
  }

  /** In the order in which they are asked. */
  List<UpstreamServer> servers() {
    return servers;
  }

  /** Whom to ask, in this order; never empty. */
  List<UpstreamServer> inUse(long now) {
    int resting = countResting(now);
    if (resting == 0 || resting == servers.size()) {
      return servers;
    }
    List<UpstreamServer> awake = new ArrayList<>(servers.size());
    for (UpstreamServer server : servers) {
      if (!server.isResting(now)) {
        awake.add(server);
      }
    }
    // The last one may have gone to rest between the two looks.
    return awake.isEmpty() ? servers : awake;
  }

  private int countResting(long now) {
    int resting = 0;
    for (int i = 0; i < servers.size(); i++) {
      if (servers.get(i).isResting(now)) {
        resting++;
      }
    }
    return resting;
  }

  /** A resting server that is due for a probe; null when there is none, or when all are in use. */
  @Nullable UpstreamServer takeProbe(List<UpstreamServer> inUse, long now) {
    if (inUse.size() == servers.size()) {
      return null;
    }
    for (UpstreamServer server : servers) {
      if (server.takeProbe(now)) {
        return server;
      }
    }
    return null;
  }
}
