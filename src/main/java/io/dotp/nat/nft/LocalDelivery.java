package io.dotp.nat.nft;

import io.dotp.config.HostRules;
import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.ip.Family;
import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkSocket;
import io.dotp.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routing rule and the route by which packets for a tproxy inbound stay on this host, whatever
 * address they carry: {@code ip rule add fwmark MARK/MASK lookup TABLE} and {@code ip route add
 * local default dev lo table TABLE} (rtnetlink(7)). Thread: any, one at a time.
 *
 * <p>What carries our protocol number and has our table is ours; other people's rules stay.
 *
 * <p>Errors: texts, never exceptions.
 */
public final class LocalDelivery {
  /**
   * Before the rules that administrators and VPN programs add, behind the table of own addresses.
   */
  static final int PRIORITY = 950;

  /** Who made it (RTPROT_*): a number that no routing daemon has. */
  static final int PROTOCOL = 153;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int NEW_ROUTE = 24;
  private static final int DELETE_ROUTE = 25;
  private static final int NEW_RULE = 32;
  private static final int DELETE_RULE = 33;
  private static final int GET_RULE = 34;

  // struct fib_rule_hdr and struct rtmsg have 12 bytes and the same places for what is used here.
  private static final int FIXED = 12;
  private static final int RULE_ACTION_AT = 7;
  private static final int ROUTE_PROTOCOL_AT = 5;
  private static final int ROUTE_SCOPE_AT = 6;
  private static final int ROUTE_TYPE_AT = 7;
  private static final int TO_TABLE = 1;
  private static final int TYPE_LOCAL = 2;
  private static final int SCOPE_HOST = 254;
  private static final int OUT_DEVICE = 4;
  private static final int ROUTE_TABLE = 15;
  private static final int RULE_PRIORITY = 6;
  private static final int RULE_MARK = 10;
  private static final int RULE_TABLE = 15;
  private static final int RULE_MASK = 16;
  private static final int RULE_PROTOCOL = 21;

  /** The loopback device has this number in every network namespace. */
  private static final int LOOPBACK = 1;

  private static final int EEXIST = 17;
  private static final int EIO = 5;
  private static final int ENOENT = 2;
  private static final int ESRCH = 3;
  private static final int BUFFER = 1 << 16;
  private static final int FIRST_BUFFER = 128;
  private static final int REPLY_MILLIS = 5_000;

  /** Rules of ours in one family; more are not looked at. */
  private static final int MOST = 64;

  private final NetlinkSocket socket;
  private final TproxyRouting routing;
  private final byte[] buffer = new byte[BUFFER];
  private int sequence;

  /** A rule of ours, as the kernel has it. */
  private record Rule(int priority, int mark, int mask) {}

  private LocalDelivery(NetlinkSocket socket, TproxyRouting routing) {
    this.socket = socket;
    this.routing = routing;
  }

  /**
   * Makes them what {@code rules} need: there, or not there.
   *
   * @return what went wrong, null for nothing
   */
  public static @Nullable String ensure(KernelRules rules) {
    NetlinkSocket.Opening opening = NetlinkSocket.open(NetlinkSocket.ROUTE);
    if (opening instanceof NetlinkSocket.Opening.Refused refused) {
      return rules.needsLocalDelivery()
          ? text(refused.call() + " of a routing socket", refused.errno())
          : null;
    }
    try (NetlinkSocket socket = ((NetlinkSocket.Opening.Opened) opening).socket()) {
      LocalDelivery delivery = new LocalDelivery(socket, rules.host().tproxy());
      String ipv4 = delivery.ensure(AF_INET, rules.needsLocalDelivery(Family.IPV4));
      return ipv4 != null ? ipv4 : delivery.ensure(AF_INET6, rules.needsLocalDelivery(Family.IPV6));
    }
  }

  /** What {@link #ensure} does, as commands of ip(8); none when nothing is needed. */
  public static List<String> commands(KernelRules rules) {
    List<String> commands = new ArrayList<>();
    TproxyRouting routing = rules.host().tproxy();
    for (Family family : Family.values()) {
      if (rules.needsLocalDelivery(family)) {
        String ip = family == Family.IPV4 ? "ip -4" : "ip -6";
        commands.add(ip + " route add local default dev lo table " + routing.table());
        commands.add(
            "%s rule add pref %d fwmark 0x%x/0x%x lookup %d"
                .formatted(ip, PRIORITY, routing.mark(), routing.mask(), routing.table()));
      }
    }
    return commands;
  }

  /** The same for no rules at all. */
  public static @Nullable String remove(TproxyRouting routing) {
    return ensure(new KernelRules(List.of(), new HostRules(routing, null)));
  }

  private @Nullable String ensure(int family, boolean needed) {
    List<Rule> found = new ArrayList<>();
    int errno = list(family, found);
    if (errno != 0) {
      // A kernel without IPv6 has nothing to take away.
      return needed ? text("list of routing rules", errno) : null;
    }
    Rule wanted = new Rule(PRIORITY, routing.mark(), routing.mask());
    if (needed) {
      errno = carryOut(route(NEW_ROUTE, NetlinkWriter.CREATE | NetlinkWriter.EXCLUSIVE, family));
      if (errno != 0 && errno != EEXIST) {
        return text("route to this host in table " + routing.table(), errno);
      }
      errno = found.contains(wanted) ? 0 : carryOut(rule(NEW_RULE, family, wanted));
      if (errno != 0 && errno != EEXIST) {
        return text("routing rule for the mark of tproxy", errno);
      }
    }
    for (Rule each : found) {
      errno = needed && each.equals(wanted) ? 0 : carryOut(rule(DELETE_RULE, family, each));
      if (errno != 0 && errno != ENOENT) {
        return text("removal of a routing rule", errno);
      }
    }
    errno = needed ? 0 : carryOut(route(DELETE_ROUTE, 0, family));
    return errno == 0 || errno == ESRCH || errno == ENOENT
        ? null
        : text("removal of the route in table " + routing.table(), errno);
  }

  private NetlinkWriter rule(int type, int family, Rule rule) {
    byte[] fixed = new byte[FIXED];
    fixed[0] = (byte) family;
    fixed[RULE_ACTION_AT] = TO_TABLE;
    NetlinkWriter writer = new NetlinkWriter(FIRST_BUFFER);
    int flags = type == NEW_RULE ? NetlinkWriter.CREATE | NetlinkWriter.EXCLUSIVE : 0;
    writer
        .begin(type, NetlinkWriter.ACK | flags, ++sequence)
        .fixed(fixed)
        .putNative(RULE_PRIORITY, rule.priority())
        .putNative(RULE_MARK, rule.mark())
        .putNative(RULE_MASK, rule.mask())
        .putNative(RULE_TABLE, routing.table())
        .putByte(RULE_PROTOCOL, PROTOCOL)
        .end();
    return writer;
  }

  private NetlinkWriter route(int type, int flags, int family) {
    byte[] fixed = new byte[FIXED];
    fixed[0] = (byte) family;
    fixed[ROUTE_PROTOCOL_AT] = (byte) PROTOCOL;
    fixed[ROUTE_SCOPE_AT] = (byte) SCOPE_HOST;
    fixed[ROUTE_TYPE_AT] = TYPE_LOCAL;
    NetlinkWriter writer = new NetlinkWriter(FIRST_BUFFER);
    writer
        .begin(type, NetlinkWriter.ACK | flags, ++sequence)
        .fixed(fixed)
        .putNative(OUT_DEVICE, LOOPBACK)
        .putNative(ROUTE_TABLE, routing.table())
        .end();
    return writer;
  }

  /** The error, 0 for none. */
  private int carryOut(NetlinkWriter request) {
    int errno = socket.send(request.bytes(), request.length());
    while (errno == 0) {
      NetlinkReader reader = receive();
      if (reader == null) {
        return EIO;
      }
      while (reader.nextMessage()) {
        if (reader.sequence() == sequence && reader.type() == NetlinkReader.ERROR) {
          return reader.error();
        }
      }
    }
    return errno;
  }

  /** Adds the rules of ours; the error, 0 for none. */
  private int list(int family, List<Rule> found) {
    byte[] fixed = new byte[FIXED];
    fixed[0] = (byte) family;
    NetlinkWriter writer = new NetlinkWriter(FIRST_BUFFER);
    writer.begin(GET_RULE, NetlinkWriter.DUMP, ++sequence).fixed(fixed).end();
    int errno = socket.send(writer.bytes(), writer.length());
    while (errno == 0) {
      NetlinkReader reader = receive();
      if (reader == null) {
        return EIO;
      }
      while (reader.nextMessage()) {
        if (reader.sequence() != sequence) {
          continue;
        }
        if (reader.type() == NetlinkReader.ERROR || reader.type() == NetlinkReader.DONE) {
          return reader.type() == NetlinkReader.DONE ? 0 : reader.error();
        }
        if (reader.type() == NEW_RULE && found.size() < MOST) {
          addOurs(reader.attributes(FIXED), found);
        }
      }
    }
    return errno;
  }

  private void addOurs(NetlinkReader.Attributes attributes, List<Rule> found) {
    int priority = 0;
    int mark = 0;
    int mask = 0;
    int table = 0;
    int protocol = 0;
    while (attributes.next()) {
      switch (attributes.type()) {
        case RULE_PRIORITY -> priority = attributes.nativeNumber();
        case RULE_MARK -> mark = attributes.nativeNumber();
        case RULE_MASK -> mask = attributes.nativeNumber();
        case RULE_TABLE -> table = attributes.nativeNumber();
        case RULE_PROTOCOL -> protocol = (int) attributes.number();
        default -> {}
      }
    }
    if (protocol == PROTOCOL && table == routing.table()) {
      found.add(new Rule(priority, mark, mask));
    }
  }

  /** Null when the kernel does not answer, or more than fits. */
  private @Nullable NetlinkReader receive() {
    int length = -NetlinkSocket.EAGAIN;
    for (int tries = 0; length == -NetlinkSocket.EAGAIN && tries < 2; tries++) {
      length = socket.receive(buffer);
      if (length == -NetlinkSocket.EAGAIN) {
        socket.await(REPLY_MILLIS);
      }
    }
    return length <= 0 || length > buffer.length ? null : new NetlinkReader(buffer, length);
  }

  private static String text(String what, int errno) {
    return what + ": errno " + errno + (errno == NetlinkSocket.EPERM ? " (CAP_NET_ADMIN)" : "");
  }
}
