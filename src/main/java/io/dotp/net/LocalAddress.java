package io.dotp.net;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;

/**
 * The own end of a datagram: where it came to, and so where its reply leaves from.
 *
 * @param address never IPv4-mapped
 * @param interfaceIndex of the interface that it came in by; 0 when nobody knows
 */
public record LocalAddress(IpAddress address, int interfaceIndex) {
  /** Whether only its own link can reach the address: 169.254.0.0/16, fe80::/10. */
  static boolean isLinkLocal(IpAddress address) {
    return address.family() == Family.IPV4
        ? address.low() >>> 16 == 0xa9fe
        : address.high() >>> 54 == 0x3fa;
  }
}
