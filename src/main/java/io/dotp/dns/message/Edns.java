package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DnsRecordType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Our own OPT record, RFC 6891 section 6.1; an upstream's is never passed on. */
final class Edns {
  /** Length of an OPT record without options. */
  static final int PLAIN_LENGTH = 11;

  /** What we can take over UDP (DNS flag day 2020). */
  private static final int UDP_SIZE = 1232;

  private static final int DNSSEC_OK = 0x8000;
  private static final int EXTENDED_ERROR = 15;

  private Edns() {}

  /** Length of an OPT record that carries an Extended DNS Error without text. */
  static int length(@Nullable Integer ede) {
    return PLAIN_LENGTH + (ede == null ? 0 : 6);
  }

  /**
   * Appends the record and counts it in ARCOUNT.
   *
   * @param message begins at index 0
   * @param rcode its upper bits go into the record
   * @param ede INFO-CODE of an Extended DNS Error (RFC 8914), null for none
   */
  static void append(
      ByteBuf message, int rcode, boolean dnssecOk, @Nullable Integer ede, String text) {
    byte[] extra = text.getBytes(StandardCharsets.UTF_8);
    message.writeByte(0);
    message.writeShort(DnsRecordType.OPT.intValue());
    message.writeShort(UDP_SIZE);
    message.writeByte(rcode >> 4);
    message.writeByte(0);
    message.writeShort(dnssecOk ? DNSSEC_OK : 0);
    if (ede == null) {
      message.writeShort(0);
    } else {
      message.writeShort(6 + extra.length);
      message.writeShort(EXTENDED_ERROR);
      message.writeShort(2 + extra.length);
      message.writeShort(ede);
      message.writeBytes(extra);
    }
    message.setShort(10, message.getUnsignedShort(10) + 1);
  }
}
