package io.dotp.dns.resolver;

import io.dotp.dns.message.RecordData;
import java.util.Set;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Records besides A, AAAA, HTTPS and SVCB that hold an address of their owner in a field of its
 * own. No fake fits into them, and hardly anybody asks for them. Text is not looked into: TXT, SPF,
 * URI and NAPTR may spell an address, but nobody connects to what a text says without knowing it.
 */
final class HiddenAddresses {
  private static final int NID_L32 = 105;
  private static final int NID_L64 = 106;
  private static final int AMTRELAY = 260;

  /** RFC 1035 section 3.4.2, RFC 2874, RFC 3123, RFC 6742. */
  private static final Set<Integer> ALWAYS = Set.of(Type.WKS, Type.A6, Type.APL, NID_L32, NID_L64);

  /** A gateway or a relay may be an IPv4 address, an IPv6 address, a name or nothing. */
  private static final int IPV4 = 1;

  private static final int IPV6 = 2;

  private HiddenAddresses() {}

  static boolean heldBy(Record each) {
    int type = each.getType();
    if (type == Type.IPSECKEY || type == AMTRELAY) {
      // RFC 4025 section 2.3 and RFC 8777 section 4.2.3, where a flag stands above the kind.
      byte[] data = RecordData.of(each);
      int kind = data.length < 2 ? 0 : data[1] & 0x7f;
      return kind == IPV4 || kind == IPV6;
    }
    return ALWAYS.contains(type);
  }
}
