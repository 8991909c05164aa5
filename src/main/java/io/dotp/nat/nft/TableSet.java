package io.dotp.nat.nft;

import io.dotp.ip.Family;

/** The sets and maps whose elements the daemon writes, in the order of every command. */
enum TableSet {
  NAT_MAP("nat_map", Family.IPV4, true),
  NAT_MAP6("nat_map6", Family.IPV6, true),
  NAT_ADDR("nat_addr", Family.IPV4, false),
  NAT_ADDR6("nat_addr6", Family.IPV6, false);

  private final String kernelName;
  private final Family family;
  private final boolean map;

  TableSet(String kernelName, Family family, boolean map) {
    this.kernelName = kernelName;
    this.family = family;
    this.map = map;
  }

  /** The set that holds {@code element}. */
  static TableSet of(NftElement element) {
    boolean ipv4 = element.family() == Family.IPV4;
    if (element instanceof NftElement.MapEntry) {
      return ipv4 ? NAT_MAP : NAT_MAP6;
    }
    return ipv4 ? NAT_ADDR : NAT_ADDR6;
  }

  String kernelName() {
    return kernelName;
  }

  Family family() {
    return family;
  }

  boolean isMap() {
    return map;
  }

  /** nft's word for the kind of object. */
  String kind() {
    return map ? "map" : "set";
  }

  /** nft's name of the type of keys, and of a map's data. */
  String addressType() {
    return family == Family.IPV4 ? "ipv4_addr" : "ipv6_addr";
  }
}
