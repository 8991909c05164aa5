package io.dotp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * How a question is put.
 *
 * @param ednsSize of the OPT record, 0 for none
 */
record AskedWay(
    String label,
    boolean tcp,
    int ednsSize,
    boolean dnssecOk,
    boolean recursionDesired,
    boolean checkingDisabled,
    boolean authenticData) {

  /** The ways in which clients ask, each over UDP and TCP. */
  static final List<AskedWay> ALL =
      List.of(false, true).stream()
          .flatMap(
              tcp ->
                  List.of(
                      new AskedWay("no EDNS", tcp, 0, false, true, false, false),
                      new AskedWay("EDNS", tcp, 1232, false, true, false, false),
                      new AskedWay("DO", tcp, 1232, true, true, false, false),
                      new AskedWay("CD", tcp, 1232, true, true, true, false),
                      new AskedWay("AD", tcp, 0, false, true, false, true),
                      new AskedWay("RD=0", tcp, 1232, false, false, false, false))
                      .stream())
          .toList();

  /** As a forwarder may ask on behalf of a client who asks this way. */
  AskedWay upstream() {
    return new AskedWay(
        "upstream", false, 1232, dnssecOk, recursionDesired, checkingDisabled, true);
  }

  AskedWay overTcp() {
    return new AskedWay(
        label, true, ednsSize, dnssecOk, recursionDesired, checkingDisabled, authenticData);
  }

  /** How large an answer may be: what the client takes over UDP, or any message. */
  int room() {
    return tcp ? 65_535 : Math.max(ednsSize, 512);
  }

  boolean understandsAuthenticData() {
    return authenticData || dnssecOk;
  }

  /** A line for {@link BulkClient}. */
  String line(BigZone.Asked asked, int id) {
    try {
      Message message = new Message(id & 0xffff);
      set(message, Flags.RD, recursionDesired);
      set(message, Flags.CD, checkingDisabled);
      set(message, Flags.AD, authenticData);
      Record question =
          Record.newRecord(
              Name.fromString(asked.name()), Type.value(asked.type(), true), DClass.IN);
      message.addRecord(question, Section.QUESTION);
      if (ednsSize > 0) {
        message.addRecord(
            new OPTRecord(ednsSize, 0, 0, dnssecOk ? ExtendedFlags.DO : 0), Section.ADDITIONAL);
      }
      return (tcp ? "tcp " : "udp ") + HexFormat.of().formatHex(message.toWire());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void set(Message message, int flag, boolean wanted) {
    if (wanted) {
      message.getHeader().setFlag(flag);
    }
  }

  @Override
  public String toString() {
    return (tcp ? "TCP, " : "UDP, ") + label;
  }

  static boolean isTruncated(byte[] message) {
    return (message[2] & 2) != 0;
  }
}
