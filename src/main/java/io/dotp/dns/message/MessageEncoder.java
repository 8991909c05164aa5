package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Writes a rewritten message. dnsjava's own writer compresses names without regard to case, which
 * would change letters of owner names, so names are compressed here, by exact bytes.
 */
public final class MessageEncoder {
  private static final int[] SECTIONS = {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL};
  private static final int LARGEST_POINTER = 0x3fff;

  private final ByteBuf out;
  private final Map<ByteBuffer, Integer> suffixes = new HashMap<>();

  private MessageEncoder(ByteBuf out) {
    this.out = out;
  }

  /**
   * Encodes for one client, cut at an RRset border with TC set when it does not fit.
   *
   * @param ede INFO-CODE of an Extended DNS Error, sent when the client speaks EDNS
   */
  public static ByteBuf encode(
      Message message,
      ClientQuestion client,
      @Nullable Integer ede,
      int maxSize,
      ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(512);
    new MessageEncoder(out).write(message, client, ede, maxSize);
    return out;
  }

  private void write(Message message, ClientQuestion client, @Nullable Integer ede, int maxSize) {
    int limit = maxSize - (client.hasOpt() ? Edns.length(ede) : 0);
    out.writeShort(client.id());
    out.writeShort(flags(message));
    out.writeShort(client.question().length == 0 ? 0 : 1);
    out.writeZero(6);
    writeQuestion(client.question());
    boolean fits = true;
    for (int i = 0; i < SECTIONS.length && fits; i++) {
      fits = writeSection(message.getSection(SECTIONS[i]), 6 + 2 * i, limit);
    }
    int flags = out.getUnsignedShort(2);
    if (!fits) {
      flags |= QueryView.FLAG_TC;
    }
    if (!client.wantsAuthenticData()) {
      flags &= ~QueryView.FLAG_AD;
    }
    out.setShort(2, flags);
    if (client.hasOpt()) {
      Edns.append(out, message.getRcode(), client.dnssecOk(), ede, "");
    }
  }

  /** The header word as it is, with the RCODE's lower bits; dnsjava has no reader for it. */
  private static int flags(Message message) {
    byte[] header = message.getHeader().toWire();
    return (header[2] & 0xff) << 8 | header[3] & 0xf0 | message.getRcode() & 0xf;
  }

  private void writeQuestion(byte[] question) {
    if (question.length > 0) {
      int begin = out.writerIndex();
      out.writeBytes(question);
      rememberUpTo(Arrays.copyOf(question, question.length - 4), question.length - 5, begin);
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

  private void writeRecord(Record each) {
    writeName(each.getName());
    out.writeShort(each.getType());
    out.writeShort(each.getDClass());
    out.writeInt((int) each.getTTL());
    int lengthIndex = out.writerIndex();
    out.writeShort(0);
    Name target = compressibleTarget(each);
    if (target == null) {
      out.writeBytes(RecordData.of(each));
    } else {
      writeName(target);
    }
    out.setShort(lengthIndex, out.writerIndex() - lengthIndex - 2);
  }

  /** Of the types of RFC 1035 that hold one name and nothing else (RFC 3597 section 4). */
  private static @Nullable Name compressibleTarget(Record each) {
    if (each instanceof CNAMERecord alias) {
      return alias.getTarget();
    }
    if (each instanceof NSRecord server) {
      return server.getTarget();
    }
    return each instanceof PTRRecord pointer ? pointer.getTarget() : null;
  }

  private void writeName(Name name) {
    byte[] wire = name.toWire();
    int at = 0;
    while (wire[at] != 0) {
      Integer known = suffixes.get(ByteBuffer.wrap(wire, at, wire.length - at));
      if (known != null) {
        int begin = out.writerIndex();
        out.writeBytes(wire, 0, at);
        out.writeShort(0xc000 | known);
        rememberUpTo(wire, at, begin);
        return;
      }
      at += wire[at] + 1;
    }
    int begin = out.writerIndex();
    out.writeBytes(wire);
    rememberUpTo(wire, at, begin);
  }

  private void rememberUpTo(byte[] wire, int end, int begin) {
    for (int at = 0; at < end && begin + at <= LARGEST_POINTER; at += wire[at] + 1) {
      suffixes.putIfAbsent(ByteBuffer.wrap(wire, at, wire.length - at), begin + at);
    }
  }
}
