package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;

/** One element of a set or map that the daemon writes. Both addresses are of one family. */
public sealed interface NftElement {
  Family family();

  /** Element of {@code nat_map} or {@code nat_map6}: the kernel rewrites fake to real. */
  record MapEntry(IpAddress fake, IpAddress real) implements NftElement {
    @Override
    public Family family() {
      return fake.family();
    }
  }

  /** Element of {@code nat_addr} or {@code nat_addr6}: a real address that is steered. */
  record RealEntry(IpAddress real) implements NftElement {
    @Override
    public Family family() {
      return real.family();
    }
  }
}
