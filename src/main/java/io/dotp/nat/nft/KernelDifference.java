package io.dotp.nat.nft;

import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.NftElement.MapEntry;
import io.dotp.nat.nft.NftElement.RealEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What has to change for the kernel to hold one thing and nothing else. Thread: any. */
public final class KernelDifference {
  private KernelDifference() {}

  /**
   * @param found what the kernel holds
   * @param map fake to real, as it should be
   * @param reals elements of nat_addr, as they should be
   */
  public static NftTransaction between(
      KernelElements found, Map<IpAddress, IpAddress> map, Set<IpAddress> reals) {
    List<NftElement> deletes = new ArrayList<>();
    List<NftElement> adds = new ArrayList<>();
    found
        .map()
        .forEach(
            (fake, real) -> {
              if (!real.equals(map.get(fake))) {
                deletes.add(new MapEntry(fake, real));
              }
            });
    map.forEach(
        (fake, real) -> {
          if (!real.equals(found.map().get(fake))) {
            adds.add(new MapEntry(fake, real));
          }
        });
    for (IpAddress real : found.reals()) {
      if (!reals.contains(real)) {
        deletes.add(new RealEntry(real));
      }
    }
    for (IpAddress real : reals) {
      if (!found.reals().contains(real)) {
        adds.add(new RealEntry(real));
      }
    }
    return new NftTransaction(deletes, adds);
  }
}
