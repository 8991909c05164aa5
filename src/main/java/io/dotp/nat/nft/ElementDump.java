package io.dotp.nat.nft;

import static io.dotp.nat.nft.ElementBatch.DATA;
import static io.dotp.nat.nft.ElementBatch.ELEMENT;
import static io.dotp.nat.nft.ElementBatch.KEY;
import static io.dotp.nat.nft.ElementBatch.LIST_ELEMENTS;
import static io.dotp.nat.nft.ElementBatch.LIST_SET;
import static io.dotp.nat.nft.ElementBatch.NEW_ELEMENTS;
import static io.dotp.nat.nft.ElementBatch.VALUE;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.netlink.NetlinkReader;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the elements of one set out of the datagrams of a dump. Any bytes give a state, never an
 * exception. What counts as foreign is what {@link ElementListing} leaves out.
 */
final class ElementDump {
  /** NFTA_SET_ELEM_FLAGS and NFTA_SET_ELEM_KEY_END: intervals and catch-all elements. */
  private static final int FLAGS = 3;

  private static final int KEY_END = 10;

  /** How far the dump is. */
  enum State {
    RUNNING,
    DONE,
    /** {@link #error} says why. */
    FAILED,
    /** No dump of elements. */
    MALFORMED
  }

  private final TableSet set;
  private final int sequence;
  private final Map<IpAddress, IpAddress> pairs = new HashMap<>();
  private final Set<IpAddress> keys = new HashSet<>();
  private int foreign;
  private int error;
  private boolean interrupted;
  private State state = State.RUNNING;

  /**
   * @param sequence of the request; messages of others are left out
   */
  ElementDump(TableSet set, int sequence) {
    this.set = set;
    this.sequence = sequence;
  }

  State take(byte[] datagram, int length) {
    NetlinkReader reader = new NetlinkReader(datagram, length);
    while (state == State.RUNNING && reader.nextMessage()) {
      if (reader.sequence() == sequence) {
        take(reader);
      }
    }
    if (state == State.RUNNING && !reader.isAtEnd()) {
      state = State.MALFORMED;
    }
    return state;
  }

  private void take(NetlinkReader reader) {
    interrupted |= (reader.flags() & NetlinkReader.DUMP_INTERRUPTED) != 0;
    switch (reader.type()) {
      case NetlinkReader.DONE, NetlinkReader.ERROR -> {
        error = reader.error();
        state = error == 0 ? State.DONE : State.FAILED;
      }
      case NEW_ELEMENTS -> takeElements(reader.attributes());
      default -> state = State.MALFORMED;
    }
  }

  private void takeElements(NetlinkReader.Attributes attributes) {
    boolean named = false;
    while (attributes.next()) {
      if (attributes.type() == LIST_SET) {
        named = attributes.string().equals(set.kernelName());
      } else if (attributes.type() == LIST_ELEMENTS && named) {
        NetlinkReader.Attributes elements = attributes.nested();
        while (elements.next()) {
          if (elements.type() == ELEMENT) {
            takeElement(elements.nested());
          }
        }
      }
    }
    if (!named) {
      state = State.MALFORMED;
    }
  }

  private void takeElement(NetlinkReader.Attributes attributes) {
    IpAddress key = null;
    IpAddress data = null;
    boolean other = false;
    while (attributes.next()) {
      switch (attributes.type()) {
        case KEY -> key = address(attributes.nested());
        case DATA -> data = address(attributes.nested());
        case FLAGS -> other |= attributes.number() != 0;
        case KEY_END -> other = true;
        default -> {
          // Timeouts, comments and counters do not change what the element does.
        }
      }
    }
    if (key == null || other || set.isMap() != (data != null)) {
      foreign++;
    } else if (data != null) {
      pairs.put(key, data);
    } else {
      keys.add(key);
    }
  }

  /** A value of the length of the set's family; null for a verdict or anything else. */
  private @Nullable IpAddress address(NetlinkReader.Attributes data) {
    Family family = set.family();
    if (!data.next() || data.type() != VALUE || data.length() != family.bytes()) {
      return null;
    }
    return IpAddress.ofBytes(family, data.value(), 0);
  }

  /** Of {@link State#FAILED}, as errno.h has it. */
  int error() {
    return error;
  }

  /** Whether somebody changed any table meanwhile; then elements may be missing. */
  boolean isInterrupted() {
    return interrupted;
  }

  ElementListing.Result.Listed elements() {
    return new ElementListing.Result.Listed(pairs, keys, foreign);
  }
}
