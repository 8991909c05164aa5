package io.dotp.nat.usage;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkWriter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A set {@code used} or {@code used6}: the rules note the original destination of each rewritten
 * packet there, and an element vanishes some time after the last one (linux/netfilter/nf_tables.h).
 */
final class UsedSet {
  private static final int SUBSYSTEM = 10 << 8;
  private static final int NEWSET = SUBSYSTEM | 9;
  private static final int GETSET = SUBSYSTEM | 10;
  private static final int NEWSETELEM = SUBSYSTEM | 12;
  private static final int GETSETELEM = SUBSYSTEM | 13;
  private static final int NFPROTO_INET = 1;
  private static final int SET_TABLE = 1;
  private static final int SET_NAME = 2;
  private static final int SET_KEY_LENGTH = 5;
  private static final int SET_DESCRIPTION = 9;
  private static final int DESCRIPTION_SIZE = 1;
  private static final int LIST_TABLE = 1;
  private static final int LIST_SET = 2;
  private static final int LIST_ELEMENTS = 3;
  private static final int LIST_ELEMENT = 1;
  private static final int ELEMENT_KEY = 1;
  private static final int ELEMENT_EXPIRATION = 5;
  private static final int DATA_VALUE = 1;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final String table;
  private final Family family;
  private final long unknownNanos;

  private long keyLength;
  private long size;
  private boolean readable = true;

  /**
   * @param table of family inet
   * @param unknownNanos the time left of an element that does not vanish
   */
  UsedSet(String table, Family family, long unknownNanos) {
    this.table = table;
    this.family = family;
    this.unknownNanos = unknownNanos;
  }

  /** What a reading found. */
  sealed interface Result {
    /**
     * Every element.
     *
     * @param leftNanos until it vanishes, by fake
     * @param full whether there may be fakes in use that found no room
     */
    record Elements(Map<IpAddress, Long> leftNanos, boolean full) implements Result {}

    /** The set is not there, is not ours, or cannot be read: ask somebody else. */
    record Unfit(String cause) implements Result {}
  }

  static String name(Family family) {
    return family == Family.IPV4 ? "used" : "used6";
  }

  Result read(NetfilterDialogue dialogue) {
    keyLength = 0;
    size = 0;
    readable = true;
    dialogue
        .question(GETSET, NetlinkWriter.ACK, NFPROTO_INET)
        .putString(SET_TABLE, table)
        .putString(SET_NAME, name(family))
        .end();
    int error = dialogue.ask(this::readDeclaration);
    if (error == 0 && keyLength != family.bytes()) {
      return unfit("has keys of " + keyLength + " bytes");
    }
    Map<IpAddress, Long> found = new HashMap<>();
    if (error == 0) {
      dialogue
          .question(GETSETELEM, NetlinkWriter.DUMP, NFPROTO_INET)
          .putString(LIST_TABLE, table)
          .putString(LIST_SET, name(family))
          .end();
      error = dialogue.dump(found::clear, message -> readElements(message, found));
    }
    if (error != 0) {
      return unfit(
          error == NetfilterDialogue.ENOENT ? "is not there" : "cannot be read, error " + error);
    }
    return readable
        ? new Result.Elements(found, size > 0 && found.size() >= size)
        : unfit("has elements of another shape");
  }

  private Result unfit(String what) {
    return new Result.Unfit("set " + name(family) + " of table " + table + " " + what);
  }

  private void readDeclaration(NetlinkReader message) {
    NetlinkReader.Attributes set = message.attributes();
    while (message.type() == NEWSET && set.next()) {
      if (set.type() == SET_KEY_LENGTH) {
        keyLength = set.number();
      } else if (set.type() == SET_DESCRIPTION) {
        NetlinkReader.Attributes description = set.nested();
        while (description.next()) {
          if (description.type() == DESCRIPTION_SIZE) {
            size = description.number();
          }
        }
      }
    }
  }

  private void readElements(NetlinkReader message, Map<IpAddress, Long> found) {
    readable &= parse(message, family, unknownNanos, found);
  }

  /**
   * Takes the elements of one message over.
   *
   * @return whether all of them were addresses of {@code family}
   */
  static boolean parse(
      NetlinkReader message, Family family, long unknownNanos, Map<IpAddress, Long> found) {
    if (message.type() != NEWSETELEM) {
      return true;
    }
    boolean fit = true;
    NetlinkReader.Attributes list = message.attributes();
    while (list.next()) {
      if (list.type() == LIST_ELEMENTS) {
        NetlinkReader.Attributes elements = list.nested();
        while (elements.next()) {
          if (elements.type() == LIST_ELEMENT) {
            fit &= parseElement(elements.nested(), family, unknownNanos, found);
          }
        }
      }
    }
    return fit;
  }

  private static boolean parseElement(
      NetlinkReader.Attributes element,
      Family family,
      long unknownNanos,
      Map<IpAddress, Long> found) {
    IpAddress fake = null;
    long leftNanos = unknownNanos;
    while (element.next()) {
      if (element.type() == ELEMENT_KEY) {
        fake = address(element.nested(), family);
      } else if (element.type() == ELEMENT_EXPIRATION) {
        long millis = element.number();
        boolean sane = millis >= 0 && millis <= Long.MAX_VALUE / NANOS_PER_MILLI;
        leftNanos = sane ? millis * NANOS_PER_MILLI : unknownNanos;
      }
    }
    if (fake == null) {
      return false;
    }
    found.put(fake, leftNanos);
    return true;
  }

  private static @Nullable IpAddress address(NetlinkReader.Attributes data, Family family) {
    while (data.next()) {
      if (data.type() == DATA_VALUE) {
        return data.length() == family.bytes() ? IpAddress.ofBytes(family, data.value(), 0) : null;
      }
    }
    return null;
  }
}
