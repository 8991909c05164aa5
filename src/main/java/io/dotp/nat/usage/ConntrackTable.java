package io.dotp.nat.usage;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's connection tracking table, by ctnetlink. Thread: that of the dialogue.
 *
 * <p>Errors: numbers of errno.h.
 */
final class ConntrackTable {
  private static final int SUBSYSTEM = 1 << 8;
  private static final int NEW = SUBSYSTEM;
  private static final int GET = SUBSYSTEM | 1;
  private static final int DELETE = SUBSYSTEM | 2;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  private final NetfilterDialogue dialogue;

  ConntrackTable(NetfilterDialogue dialogue) {
    this.dialogue = dialogue;
  }

  /**
   * What a walk through the table found.
   *
   * @param entries with a wanted original destination
   * @param error 0, or why there are none
   */
  record Listing(List<ConntrackEntry> entries, int error) {}

  Listing list(Family family, Predicate<IpAddress> wanted) {
    List<ConntrackEntry> entries = new ArrayList<>();
    dialogue.question(GET, NetlinkWriter.DUMP, number(family)).end();
    int error =
        dialogue.dump(
            entries::clear,
            message -> {
              ConntrackEntry entry = parse(message, wanted);
              if (entry != null) {
                entries.add(entry);
              }
            });
    return new Listing(error == 0 ? entries : List.of(), error);
  }

  /**
   * Deletes an entry if it still is the one that was listed and still is dispensable. The second
   * look shrinks the time in which its flow could come to life from that of a whole listing to
   * microseconds.
   *
   * @return whether it is gone, by this call or before
   */
  boolean delete(ConntrackEntry listed, Predicate<ConntrackEntry> dispensable) {
    Family family = listed.destination().family();
    List<ConntrackEntry> now = new ArrayList<>();
    listed.identify(dialogue.question(GET, NetlinkWriter.ACK, number(family))).end();
    int error =
        dialogue.ask(
            message -> {
              ConntrackEntry entry = parse(message, listed.destination()::equals);
              if (entry != null) {
                now.add(entry);
              }
            });
    if (error == NetfilterDialogue.ENOENT) {
      return true;
    }
    boolean same = error == 0 && now.size() == 1 && now.get(0).id() == listed.id();
    if (!same || !dispensable.test(now.get(0))) {
      return false;
    }
    listed.identify(dialogue.question(DELETE, NetlinkWriter.ACK, number(family))).end();
    int deletion = dialogue.ask(message -> {});
    return deletion == 0 || deletion == NetfilterDialogue.ENOENT;
  }

  private static @Nullable ConntrackEntry parse(
      NetlinkReader message, Predicate<IpAddress> wanted) {
    return message.type() == NEW ? ConntrackEntry.parse(message, wanted) : null;
  }

  private static int number(Family family) {
    return family == Family.IPV4 ? AF_INET : AF_INET6;
  }
}
