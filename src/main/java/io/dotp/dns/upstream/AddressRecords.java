package io.dotp.dns.upstream;

import java.io.IOException;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** The addresses that an answer holds, for connections of our own. */
final class AddressRecords {
  private static final Logger LOG = LoggerFactory.getLogger(AddressRecords.class);

  private AddressRecords() {}

  /** Is told of each address. */
  interface Receiver {
    void take(InetAddress address, long ttlSeconds);
  }

  /** An answer that cannot be read has none, or fewer. */
  static void read(byte[] message, Receiver receiver) {
    try {
      for (Record each : new Message(message).getSection(Section.ANSWER)) {
        if (each instanceof ARecord ipv4) {
          receiver.take(ipv4.getAddress(), each.getTTL());
        } else if (each instanceof AAAARecord ipv6) {
          receiver.take(ipv6.getAddress(), each.getTTL());
        }
      }
    } catch (IOException | RuntimeException e) {
      // Whatever dnsjava makes of foreign bytes, the look-up has to end.
      LOG.debug("answer with addresses unreadable reason=\"{}\"", e.getMessage());
    }
  }
}
