package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Header;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Writes a rewritten message. dnsjava's own writer compresses names without regard to case, which
 * would change letters of owner names, so names are compressed here, by exact bytes.
 */
public final class MessageEncoder {
  private static final int[] SECTIONS = {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL};

  /** All one-bit fields of the header, the unused one of RFC 1035 included. */
  private static final int[] FLAGS = {0, 5, 6, 7, 8, 9, 10, 11};

  /** Length of a SOA record's five numbers. */
  private static final int SOA_NUMBERS = 20;

  /** Most answers are no longer; longer ones make it grow. */
  private static final int USUAL_BYTES = 128;

  private final ByteBuf out;
  private final NameWriter names;

  private MessageEncoder(ByteBuf out) {
    this.out = out;
    this.names = new NameWriter(out);
  }

  /**
   * Encodes for one client, cut at an RRset border with TC set when it does not fit. An OPT record
   * of {@code message} is replaced by our own, or by none.
   *
   * @param ede INFO-CODE of an Extended DNS Error, sent when the client speaks EDNS
   */
  public static ByteBuf encode(
      Message message,
      ClientQuestion client,
      @Nullable Integer ede,
      int maxSize,
      ByteBufAllocator allocator) {
    return encode(message, client, ede, "", maxSize, allocator);
  }

  /**
   * The same for an answer that was made here.
   *
   * @param answer what is answered
   */
  public static ByteBuf encode(
      LocalAnswer answer, ClientQuestion client, int maxSize, ByteBufAllocator allocator) {
    Message message = answer.toMessage(client);
    return encode(message, client, answer.ede(), answer.edeText(), maxSize, allocator);
  }

  private static ByteBuf encode(
      Message message,
      ClientQuestion client,
      @Nullable Integer ede,
      String text,
      int maxSize,
      ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(512);
    try {
      new MessageEncoder(out).write(message, client, ede, text, maxSize);
      return out;
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
  }

  private void write(
      Message message, ClientQuestion client, @Nullable Integer ede, String text, int maxSize) {
    int limit = maxSize - (client.hasOpt() ? Edns.length(ede) + text.length() : 0);
    int flags = client.flagsToSend(flags(message), message.getRcode());
    out.writeShort(client.id());
    out.writeShort(flags);
    out.writeShort(client.question().length == 0 ? 0 : 1);
    out.writeZero(6);
    writeQuestion(client.question());
    boolean fits = true;
    for (int i = 0; i < SECTIONS.length && fits; i++) {
      fits = writeSection(message.getSection(SECTIONS[i]), 6 + 2 * i, limit);
    }
    if (!fits) {
      out.setShort(2, flags | QueryView.FLAG_TC);
    }
    if (client.hasOpt()) {
      Edns.append(out, message.getRcode(), client.dnssecOk(), ede, text);
    }
  }

  /**
   * Encodes once for many clients: without ID and OPT record, with the letters of the message's own
   * question; names that point to the question take a client's letters when those are put in.
   *
   * @param limited records, by identity, whose TTL depends on a lease
   */
  public static StoredResponse store(Message message, Set<Record> limited) {
    ByteBuf out = Unpooled.buffer(USUAL_BYTES);
    return new MessageEncoder(out).store(message, limited, message.getQuestion());
  }

  private StoredResponse store(Message message, Set<Record> limited, Record question) {
    out.writeShort(0);
    out.writeShort(flags(message));
    out.writeShort(1);
    out.writeZero(6);
    names.write(question.getName().toWire());
    out.writeShort(question.getType());
    out.writeShort(question.getDClass());
    int questionEnd = out.writerIndex();
    TtlOffsets aged = new TtlOffsets();
    TtlOffsets leased = new TtlOffsets();
    for (int i = 0; i < SECTIONS.length; i++) {
      int count = 0;
      for (Record each : message.getSection(SECTIONS[i])) {
        if (each.getType() != Type.OPT) {
          (limited.contains(each) ? leased : aged).add(writeRecord(each));
          count++;
        }
      }
      out.setShort(6 + 2 * i, count);
    }
    ResponseFacts facts =
        new ResponseFacts(out.writerIndex(), questionEnd, message.getRcode(), -1, 0, true);
    return new StoredResponse(out, facts, aged.toArray(), leased.toArray(), TtlFields.NEVER);
  }

  /** dnsjava has no reader for the header word, and numbers its flags from the left. */
  private static int flags(Message message) {
    Header header = message.getHeader();
    int word = header.getOpcode() << 11 | header.getRcode() & 0xf;
    for (int flag : FLAGS) {
      word |= header.getFlag(flag) ? 1 << 15 - flag : 0;
    }
    return word;
  }

  private void writeQuestion(byte[] question) {
    if (question.length > 0) {
      names.note(question, out.writerIndex());
      out.writeBytes(question);
    }
  }

  /** Whether all of the section fitted; otherwise it ends before the RRset that did not. */
  private boolean writeSection(List<Record> records, int countIndex, int limit) {
    int count = 0;
    int border = out.writerIndex();
    int borderCount = 0;
    Record previous = null;
    for (Record each : records) {
      if (each.getType() == Type.OPT) {
        continue;
      }
      if (previous == null || !isSameSet(previous, each)) {
        border = out.writerIndex();
        borderCount = count;
      }
      writeRecord(each);
      count++;
      if (out.writerIndex() > limit) {
        out.writerIndex(border);
        out.setShort(countIndex, borderCount);
        return false;
      }
      previous = each;
    }
    out.setShort(countIndex, count);
    return true;
  }

  private static boolean isSameSet(Record one, Record other) {
    return one.getType() == other.getType() && one.getName().equals(other.getName());
  }

  /** Where its TTL stands. */
  private int writeRecord(Record each) {
    names.write(each.getName().toWire());
    out.writeShort(each.getType());
    out.writeShort(each.getDClass());
    int ttlIndex = out.writerIndex();
    out.writeInt((int) each.getTTL());
    int lengthIndex = out.writerIndex();
    out.writeShort(0);
    writeData(each);
    out.setShort(lengthIndex, out.writerIndex() - lengthIndex - 2);
    return ttlIndex;
  }

  /** Names in the data of RFC 1035's types may be compressed, others not (RFC 3597 section 4). */
  private void writeData(Record each) {
    if (each instanceof CNAMERecord alias) {
      names.write(alias.getTarget().toWire());
    } else if (each instanceof NSRecord server) {
      names.write(server.getTarget().toWire());
    } else if (each instanceof PTRRecord pointer) {
      names.write(pointer.getTarget().toWire());
    } else if (each instanceof MXRecord exchange) {
      out.writeShort(exchange.getPriority());
      names.write(exchange.getTarget().toWire());
    } else if (each instanceof SOARecord authority) {
      byte[] data = RecordData.of(authority);
      names.write(authority.getHost().toWire());
      names.write(authority.getAdmin().toWire());
      out.writeBytes(data, data.length - SOA_NUMBERS, SOA_NUMBERS);
    } else {
      out.writeBytes(RecordData.of(each));
    }
  }

  /** Places of TTLs, in order. */
  private static final class TtlOffsets {
    private int[] offsets = new int[4];
    private int count;

    void add(int offset) {
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
      }
      offsets[count++] = offset;
    }

    int[] toArray() {
      return Arrays.copyOf(offsets, count);
    }
  }
}
