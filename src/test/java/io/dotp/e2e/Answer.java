package io.dotp.e2e;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A DNS answer as it came, and what is in it. */
final class Answer {
  private final byte[] bytes;
  private final Message message;

  Answer(byte[] bytes) {
    this.bytes = bytes.clone();
    try {
      this.message = new Message(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes() {
    return bytes.clone();
  }

  String rcode() {
    return Rcode.string(message.getRcode());
  }

  boolean isTruncated() {
    return message.getHeader().getFlag(Flags.TC);
  }

  boolean hasOpt() {
    return message.getOPT() != null;
  }

  /** The addresses of the answer section in their order, in the form of RFC 5952 as nft has it. */
  List<String> addresses() {
    return message.getSection(Section.ANSWER).stream()
        .filter(answer -> answer instanceof ARecord || answer instanceof AAAARecord)
        .map(answer -> NetUtil.toAddressString(address(answer)))
        .toList();
  }

  private static InetAddress address(Record answer) {
    return answer instanceof ARecord ipv4 ? ipv4.getAddress() : ((AAAARecord) answer).getAddress();
  }

  /** The one address of the answer section. */
  String address() {
    List<String> all = addresses();
    if (all.size() != 1) {
      throw new AssertionError("not one address in " + message);
    }
    return all.get(0);
  }

  /** "owner TYPE rdata" of each record of a section, OPT left out. */
  List<String> records(int section) {
    return message.getSection(section).stream()
        .filter(entry -> entry.getType() != Type.OPT)
        .map(
            entry ->
                entry.getName() + " " + Type.string(entry.getType()) + " " + entry.rdataToString())
        .toList();
  }

  long largestTtl() {
    return message.getSection(Section.ANSWER).stream().mapToLong(Record::getTTL).max().orElse(0);
  }

  /** The codes of RFC 8914 in it. */
  List<Integer> extendedErrors() {
    OPTRecord opt = message.getOPT();
    if (opt == null) {
      return List.of();
    }
    return opt.getOptions().stream()
        .filter(option -> option.getCode() == EDNSOption.Code.EDNS_EXTENDED_ERROR)
        .map(option -> ((ExtendedErrorCodeOption) option).getErrorCode())
        .toList();
  }

  /** The message without its ID and OPT record, for a comparison of bytes. */
  byte[] withoutIdAndOpt() {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int[] counts = new int[4];
    for (int i = 0; i < 4; i++) {
      counts[i] = in.getShort(4 + 2 * i) & 0xffff;
    }
    int at = 12;
    for (int i = 0; i < counts[0]; i++) {
      at = afterName(at) + 4;
    }
    int optBegin = bytes.length;
    int optEnd = bytes.length;
    for (int i = 0; i < counts[1] + counts[2] + counts[3]; i++) {
      int begin = at;
      at = afterName(at);
      int type = in.getShort(at) & 0xffff;
      at += 10 + (in.getShort(at + 8) & 0xffff);
      if (type == Type.OPT) {
        optBegin = begin;
        optEnd = at;
        counts[3]--;
      }
    }
    ByteBuffer rest = ByteBuffer.allocate(bytes.length - 2 - (optEnd - optBegin));
    rest.put(bytes, 2, 2);
    for (int count : counts) {
      rest.putShort((short) count);
    }
    rest.put(bytes, 12, optBegin - 12).put(bytes, optEnd, bytes.length - optEnd);
    return rest.array();
  }

  private int afterName(int start) {
    int at = start;
    while (bytes[at] != 0) {
      if ((bytes[at] & 0xc0) == 0xc0) {
        return at + 2;
      }
      at += bytes[at] + 1;
    }
    return at + 1;
  }

  @Override
  public String toString() {
    return message.toString();
  }
}
