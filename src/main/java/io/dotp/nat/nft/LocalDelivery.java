package io.dotp.nat.nft;

import static io.dotp.nat.nft.RoutingTables.AF_INET;
import static io.dotp.nat.nft.RoutingTables.AF_INET6;
import static io.dotp.nat.nft.RoutingTables.EEXIST;
import static io.dotp.nat.nft.RoutingTables.ENOENT;
import static io.dotp.nat.nft.RoutingTables.ESRCH;
import static io.dotp.nat.nft.RoutingTables.PROTOCOL;

import io.dotp.config.HostRules;
import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.ip.Family;
import io.dotp.nat.nft.RoutingTables.DefaultRoute;
import io.dotp.nat.nft.RoutingTables.Rule;
import io.dotp.netlink.NetlinkSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The routing rule and the route by which packets for a tproxy inbound stay on this host, whatever
 * address they carry: {@code ip rule add fwmark MARK/MASK lookup TABLE} and {@code ip route add
 * local default dev lo table TABLE}. Thread: any, one at a time.
 *
 * <p>Our routes carry our protocol number and a metric made of the nftables table's name; a rule is
 * ours when it carries the number and leads to such a route. So what an earlier start made with
 * another mark or table is found without a file that could be lost, and other people's rules stay,
 * those of a second dotp too.
 *
 * <p>Errors: texts, never exceptions.
 */
public final class LocalDelivery {
  /**
   * Before the rules that administrators and VPN programs add, behind the table of own addresses.
   */
  static final int PRIORITY = 950;

  private final RoutingTables kernel;
  private final TproxyRouting routing;
  private final int metric;

  private LocalDelivery(RoutingTables kernel, TproxyRouting routing, int metric) {
    this.kernel = kernel;
    this.routing = routing;
    this.metric = metric;
  }

  /** Tells the routes of one nftables table from those of another; never 0, which means none. */
  static int metric(String table) {
    int metric = table.hashCode() & Integer.MAX_VALUE;
    return metric == 0 ? 1 : metric;
  }

  /**
   * Makes them what the rules of {@code spec} need: there, or not there.
   *
   * @return what went wrong, null for nothing
   */
  public static @Nullable String ensure(TableSpec spec) {
    KernelRules rules = spec.rules();
    NetlinkSocket.Opening opening = NetlinkSocket.open(NetlinkSocket.ROUTE);
    if (opening instanceof NetlinkSocket.Opening.Refused refused) {
      return rules.needsLocalDelivery()
          ? text(refused.call() + " of a routing socket", refused.errno())
          : null;
    }
    try (RoutingTables kernel =
        new RoutingTables(((NetlinkSocket.Opening.Opened) opening).socket())) {
      LocalDelivery delivery =
          new LocalDelivery(kernel, rules.host().tproxy(), metric(spec.table()));
      String ipv4 = delivery.ensure(AF_INET, rules.needsLocalDelivery(Family.IPV4));
      String ipv6 = delivery.ensure(AF_INET6, rules.needsLocalDelivery(Family.IPV6));
      return ipv4 != null ? ipv4 : ipv6;
    }
  }

  /** What {@link #ensure} does, as commands of ip(8); none when nothing is needed. */
  public static List<String> commands(TableSpec spec) {
    List<String> commands = new ArrayList<>();
    TproxyRouting routing = spec.rules().host().tproxy();
    for (Family family : Family.values()) {
      if (spec.rules().needsLocalDelivery(family)) {
        String ip = family == Family.IPV4 ? "ip -4" : "ip -6";
        commands.add(
            "%s route add local default dev lo table %d proto %d metric %d"
                .formatted(ip, routing.table(), PROTOCOL, metric(spec.table())));
        commands.add(
            "%s rule add pref %d fwmark 0x%x/0x%x lookup %d proto %d"
                .formatted(
                    ip, PRIORITY, routing.mark(), routing.mask(), routing.table(), PROTOCOL));
      }
    }
    return commands;
  }

  /**
   * The same for no rules at all.
   *
   * @param table of nftables
   */
  public static @Nullable String remove(String table, TproxyRouting routing) {
    KernelRules none = new KernelRules(List.of(), new HostRules(routing, null));
    return ensure(new TableSpec(table, none, TableSpec.USED_TIMEOUT));
  }

  private @Nullable String ensure(int family, boolean needed) {
    List<Rule> found = new ArrayList<>();
    int errno = kernel.rules(family, found);
    if (errno != 0) {
      // A kernel without IPv6 has nothing to take away.
      return needed ? text("list of routing rules", errno) : null;
    }
    found.removeIf(rule -> rule.priority() != PRIORITY);
    Rule wanted = new Rule(PRIORITY, routing.mark(), routing.mask(), routing.table());
    String fault = needed ? add(family, wanted, found.remove(wanted)) : null;
    String left = removeRest(family, found, needed);
    return fault != null ? fault : left;
  }

  /** The route first: a rule without it would let packets out to the world. */
  private @Nullable String add(int family, Rule wanted, boolean ruleThere) {
    List<DefaultRoute> routes = new ArrayList<>();
    int errno = kernel.defaultRoutes(family, wanted.table(), routes);
    if (!routes.stream().allMatch(DefaultRoute::local)) {
      return "routing table %d has a default route that leads elsewhere (ip %s route show table %d):"
              .formatted(wanted.table(), family == AF_INET ? "-4" : "-6", wanted.table())
          + " remove it, or give another --tproxy-table";
    }
    if (errno == 0 && routes.stream().noneMatch(this::isOurs)) {
      errno = kernel.addRoute(family, wanted.table(), metric);
    }
    if (errno != 0) {
      return text("route to this host in table " + wanted.table(), errno);
    }
    errno = ruleThere ? 0 : kernel.addRule(family, wanted);
    return errno == 0 || errno == EEXIST
        ? null
        : text("routing rule for the mark of tproxy", errno);
  }

  /** Takes away what is ours but the wanted rule and its route. */
  private @Nullable String removeRest(int family, List<Rule> unwanted, boolean needed) {
    Set<Integer> tables = new LinkedHashSet<>(unwanted.stream().map(Rule::table).toList());
    tables.add(routing.table());
    for (int table : tables) {
      List<DefaultRoute> routes = new ArrayList<>();
      int errno = kernel.defaultRoutes(family, table, routes);
      boolean hasOurs = routes.stream().anyMatch(this::isOurs);
      boolean hasOthers = routes.stream().anyMatch(this::isOfAnother);
      boolean own = table == routing.table();
      boolean mayRemove = !hasOthers && (hasOurs || own);
      for (Rule rule : mayRemove ? unwanted : List.<Rule>of()) {
        if (errno == 0 && rule.table() == table) {
          errno = kernel.deleteRule(family, rule);
          errno = errno == ENOENT ? 0 : errno;
        }
      }
      // The rule goes before its route, or what is left of it could not be told to be ours.
      if (errno == 0 && hasOurs && !(own && needed)) {
        errno = kernel.deleteRoute(family, table, metric);
      }
      if (errno != 0 && errno != ESRCH && errno != ENOENT) {
        return text("removal of what leads to routing table " + table, errno);
      }
    }
    return null;
  }

  private boolean isOurs(DefaultRoute route) {
    return route.local() && route.protocol() == PROTOCOL && route.metric() == metric;
  }

  /** Of a dotp with another nftables table: what leads there is as much its rule as ours. */
  private boolean isOfAnother(DefaultRoute route) {
    return route.local() && route.protocol() == PROTOCOL && route.metric() != metric;
  }

  private static String text(String what, int errno) {
    return what + ": errno " + errno + (errno == NetlinkSocket.EPERM ? " (CAP_NET_ADMIN)" : "");
  }
}
