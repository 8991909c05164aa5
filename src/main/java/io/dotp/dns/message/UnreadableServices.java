package io.dotp.dns.message;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Finds HTTPS and SVCB records whose data is malformed, so that one of them does not cost the whole
 * response: dnsjava refuses it, or takes parameters in any order and the last of two equal ones,
 * where a client may see another. Source: RFC 9460 section 2.2.
 */
final class UnreadableServices {
  /** A type for private use (RFC 6895 section 3.1), whose data nobody looks into. */
  private static final int OPAQUE = 65_280;

  private static final int MOST_POINTER = 0xc0;

  /** In the order of the message; each is its place among all records behind the question. */
  private final List<Integer> places = new ArrayList<>();

  private final List<Integer> types = new ArrayList<>();

  private UnreadableServices() {}

  /**
   * Gives each of them an opaque type, in {@code message} itself.
   *
   * @param message its structure is sound
   */
  static UnreadableServices disarm(byte[] message, int questionEnd) {
    UnreadableServices found = new UnreadableServices();
    ByteBuffer bytes = ByteBuffer.wrap(message);
    int count = unsigned(bytes, 6) + unsigned(bytes, 8) + unsigned(bytes, 10);
    int at = questionEnd;
    for (int i = 0; i < count; i++) {
      int behind = behindName(message, at);
      int type = unsigned(bytes, behind);
      int data = behind + ResponseWalk.RECORD_FIXED;
      int end = data + unsigned(bytes, behind + 8);
      if ((type == Type.HTTPS || type == Type.SVCB)
          && !isReadable(type, Arrays.copyOfRange(message, data, end))) {
        found.places.add(i);
        found.types.add(type);
        bytes.putShort(behind, (short) OPAQUE);
      }
      at = end;
    }
    return found;
  }

  private static int unsigned(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & 0xffff;
  }

  private static int behindName(byte[] message, int from) {
    int at = from;
    while (message[at] != 0) {
      if ((message[at] & MOST_POINTER) == MOST_POINTER) {
        return at + 2;
      }
      at += message[at] + 1;
    }
    return at + 1;
  }

  /** {@code newRecord} gives null for data that it cannot read. */
  private static boolean isReadable(int type, byte[] data) {
    try {
      return areParametersInOrder(data)
          && Record.newRecord(Name.root, type, DClass.IN, 0, data) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Section 2.2: the target without compression, then parameters in strictly increasing order. */
  private static boolean areParametersInOrder(byte[] data) {
    int at = 2;
    while (at < data.length && data[at] != 0) {
      if ((data[at] & MOST_POINTER) != 0) {
        return false;
      }
      at += data[at] + 1;
    }
    at++;
    ByteBuffer bytes = ByteBuffer.wrap(data);
    int last = -1;
    while (at + 4 <= data.length) {
      int key = unsigned(bytes, at);
      int length = unsigned(bytes, at + 2);
      if (key <= last || at + 4 + length > data.length || !fits(key, length)) {
        return false;
      }
      last = key;
      at += 4 + length;
    }
    return at == data.length;
  }

  /** Section 7: hints are whole addresses, one at least. */
  private static boolean fits(int key, int length) {
    return switch (key) {
      case 4 -> length > 0 && length % 4 == 0;
      case 6 -> length > 0 && length % 16 == 0;
      default -> true;
    };
  }

  /** Puts records of the right type, but without data, where the opaque ones are. */
  void replaceIn(Message decoded) {
    int next = 0;
    int place = 0;
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      List<Record> records = List.copyOf(decoded.getSection(section));
      int end = place + records.size();
      if (next < places.size() && places.get(next) < end) {
        decoded.removeAllRecords(section);
        for (Record each : records) {
          boolean unreadable = next < places.size() && places.get(next) == place;
          decoded.addRecord(unreadable ? withoutData(each, types.get(next++)) : each, section);
          place++;
        }
      }
      place = end;
    }
  }

  private static Record withoutData(Record each, int type) {
    return Record.newRecord(each.getName(), type, each.getDClass(), each.getTTL());
  }

  boolean isEmpty() {
    return places.isEmpty();
  }
}
