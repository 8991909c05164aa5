package io.dotp.nat.nft;

import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkSocket;
import io.dotp.netlink.NetlinkWriter;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Rules that choose a routing table by the packet mark, and default routes to this host
 * (rtnetlink(7)). Thread: any, one at a time.
 *
 * <p>Errors: numbers of errno.h, 0 for none.
 */
final class RoutingTables implements AutoCloseable {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  /** Who made it (RTPROT_*): a number that no routing daemon has. */
  static final int PROTOCOL = 153;

  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int EEXIST = 17;
  private static final int EIO = 5;

  private static final int NEW_ROUTE = 24;
  private static final int DELETE_ROUTE = 25;
  private static final int GET_ROUTE = 26;
  private static final int NEW_RULE = 32;
  private static final int DELETE_RULE = 33;
  private static final int GET_RULE = 34;

  // struct fib_rule_hdr and struct rtmsg have 12 bytes and the same places for what is used here.
  private static final int FIXED = 12;
  private static final int DESTINATION_BITS_AT = 1;
  private static final int RULE_ACTION_AT = 7;
  private static final int ROUTE_PROTOCOL_AT = 5;
  private static final int ROUTE_SCOPE_AT = 6;
  private static final int ROUTE_TYPE_AT = 7;
  private static final int TO_TABLE = 1;
  private static final int TYPE_LOCAL = 2;
  private static final int SCOPE_HOST = 254;
  private static final int OUT_DEVICE = 4;
  private static final int ROUTE_METRIC = 6;
  private static final int ROUTE_TABLE = 15;
  private static final int RULE_PRIORITY = 6;
  private static final int RULE_MARK = 10;
  private static final int RULE_TABLE = 15;
  private static final int RULE_MASK = 16;
  private static final int RULE_PROTOCOL = 21;

  /** The loopback device has this number in every network namespace. */
  private static final int LOOPBACK = 1;

  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_GET_STRICT_CHK = 12;
  private static final int BUFFER = 1 << 16;
  private static final int FIRST_BUFFER = 128;

  /** The kernel has answered before send(2) returns: this is for what cannot happen. */
  private static final int REPLY_MILLIS = 1_000;

  /** Rules or routes of one listing; more are not looked at. */
  private static final int MOST = 64;

  private final NetlinkSocket socket;
  private final byte[] buffer = new byte[BUFFER];
  private int sequence;

  /** A rule with our protocol number. */
  record Rule(int priority, int mark, int mask, int table) {}

  /**
   * A default route.
   *
   * @param local whether it delivers to this host by the loopback device
   * @param protocol who made it
   * @param metric as it is, 0 for none
   */
  record DefaultRoute(boolean local, int protocol, int metric) {}

  /**
   * @param socket for routing; closed with this
   */
  RoutingTables(NetlinkSocket socket) {
    this.socket = socket;
    // Lets the kernel choose the routes of a table (Linux 4.20); an older one lists all tables.
    socket.set(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  }

  /** Adds to {@code found} the rules with our protocol number. */
  int rules(int family, List<Rule> found) {
    byte[] fixed = new byte[FIXED];
    fixed[0] = (byte) family;
    NetlinkWriter writer = new NetlinkWriter(FIRST_BUFFER);
    writer.begin(GET_RULE, NetlinkWriter.DUMP, ++sequence).fixed(fixed).end();
    return list(
        writer,
        NEW_RULE,
        reader -> {
          if (found.size() < MOST) {
            addRule(reader.attributes(FIXED), found);
          }
        });
  }

  private static void addRule(NetlinkReader.Attributes attributes, List<Rule> found) {
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
    if (protocol == PROTOCOL) {
      found.add(new Rule(priority, mark, mask, table));
    }
  }

  /** Adds to {@code found} the default routes of a table; none when there is no such table. */
  int defaultRoutes(int family, int table, List<DefaultRoute> found) {
    byte[] fixed = new byte[FIXED];
    fixed[0] = (byte) family;
    NetlinkWriter writer = new NetlinkWriter(FIRST_BUFFER);
    writer
        .begin(GET_ROUTE, NetlinkWriter.DUMP, ++sequence)
        .fixed(fixed)
        .putNative(ROUTE_TABLE, table)
        .end();
    int errno =
        list(
            writer,
            NEW_ROUTE,
            reader -> {
              if (found.size() < MOST && reader.fixedByte(DESTINATION_BITS_AT) == 0) {
                addRoute(reader, table, found);
              }
            });
    return errno == ENOENT ? 0 : errno;
  }

  private static void addRoute(NetlinkReader reader, int table, List<DefaultRoute> found) {
    int device = 0;
    int metric = 0;
    int in = 0;
    NetlinkReader.Attributes attributes = reader.attributes(FIXED);
    while (attributes.next()) {
      switch (attributes.type()) {
        case OUT_DEVICE -> device = attributes.nativeNumber();
        case ROUTE_METRIC -> metric = attributes.nativeNumber();
        case ROUTE_TABLE -> in = attributes.nativeNumber();
        default -> {}
      }
    }
    if (in == table) {
      boolean local = reader.fixedByte(ROUTE_TYPE_AT) == TYPE_LOCAL && device == LOOPBACK;
      found.add(new DefaultRoute(local, reader.fixedByte(ROUTE_PROTOCOL_AT), metric));
    }
  }

  int addRule(int family, Rule rule) {
    return carryOut(rule(NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.EXCLUSIVE, family, rule));
  }

  int deleteRule(int family, Rule rule) {
    return carryOut(rule(DELETE_RULE, 0, family, rule));
  }

  private NetlinkWriter rule(int type, int flags, int family, Rule rule) {
    byte[] fixed = new byte[FIXED];
    fixed[0] = (byte) family;
    fixed[RULE_ACTION_AT] = TO_TABLE;
    NetlinkWriter writer = new NetlinkWriter(FIRST_BUFFER);
    writer
        .begin(type, NetlinkWriter.ACK | flags, ++sequence)
        .fixed(fixed)
        .putNative(RULE_PRIORITY, rule.priority())
        .putNative(RULE_MARK, rule.mark())
        .putNative(RULE_MASK, rule.mask())
        .putNative(RULE_TABLE, rule.table())
        .putByte(RULE_PROTOCOL, PROTOCOL)
        .end();
    return writer;
  }

  /** {@code ip route add local default dev lo}, with our protocol number. */
  int addRoute(int family, int table, int metric) {
    int flags = NetlinkWriter.CREATE | NetlinkWriter.EXCLUSIVE;
    return carryOut(route(NEW_ROUTE, flags, family, table, metric));
  }

  int deleteRoute(int family, int table, int metric) {
    return carryOut(route(DELETE_ROUTE, 0, family, table, metric));
  }

  private NetlinkWriter route(int type, int flags, int family, int table, int metric) {
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
        .putNative(ROUTE_METRIC, metric)
        .putNative(ROUTE_TABLE, table)
        .end();
    return writer;
  }

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

  private int list(NetlinkWriter request, int type, Consumer<NetlinkReader> each) {
    int errno = socket.send(request.bytes(), request.length());
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
          return reader.error();
        }
        if (reader.type() == type) {
          each.accept(reader);
        }
      }
    }
    return errno;
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

  @Override
  public void close() {
    socket.close();
  }
}
