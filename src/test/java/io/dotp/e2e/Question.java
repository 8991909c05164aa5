package io.dotp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A question and how it is asked.
 *
 * @param type in letters, "AAAA"
 * @param server whom
 * @param tcp over TCP instead of UDP
 * @param ednsSize what an OPT record advertises, 0 for none
 */
record Question(String name, String type, String server, boolean tcp, int ednsSize) {
  /** To the gateway over IPv4 and UDP, with EDNS as today's stub resolvers do. */
  static Question of(String name, String type) {
    return new Question(name, type, Lab.GATEWAY_LAN, false, 1232);
  }

  Question to(String address) {
    return new Question(name, type, address, tcp, ednsSize);
  }

  Question overTcp() {
    return new Question(name, type, server, true, ednsSize);
  }

  Question withEdns(int size) {
    return new Question(name, type, server, tcp, size);
  }

  /**
   * @param id the message's ID
   */
  byte[] bytes(int id) {
    try {
      Record question =
          Record.newRecord(Name.fromString(name, Name.root), Type.value(type), DClass.IN);
      Message message = new Message(id);
      message.getHeader().setFlag(Flags.RD);
      message.addRecord(question, Section.QUESTION);
      if (ednsSize > 0) {
        message.addRecord(new OPTRecord(ednsSize, 0, 0), Section.ADDITIONAL);
      }
      return message.toWire();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
