package io.dotp.dns.message;

import java.util.Arrays;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The data of a record as bytes, names in it uncompressed and in their own case. */
public final class RecordData {
  private static final int TYPE_TO_LENGTH = 10;

  private RecordData() {}

  public static byte[] of(Record each) {
    if (each.getType() == Type.A || each.getType() == Type.AAAA) {
      return each.rdataToWireCanonical();
    }
    byte[] wire = each.toWire(Section.ANSWER);
    return Arrays.copyOfRange(wire, each.getName().length() + TYPE_TO_LENGTH, wire.length);
  }
}
