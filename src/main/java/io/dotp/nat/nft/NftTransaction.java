package io.dotp.nat.nft;

import io.dotp.ip.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one commit changes, all or nothing. Deletes are carried out before adds, so a full map can
 * exchange elements; one missing or contradicting element rolls everything back.
 */
public record NftTransaction(List<NftElement> deletes, List<NftElement> adds) {
  public NftTransaction {
    deletes = List.copyOf(deletes);
    adds = List.copyOf(adds);
  }

  public boolean isEmpty() {
    return deletes.isEmpty() && adds.isEmpty();
  }

  /** Whether {@code kernel} is as after this transaction. */
  boolean isIn(KernelElements kernel) {
    Set<IpAddress> addedFakes = new HashSet<>();
    Set<IpAddress> addedReals = new HashSet<>();
    for (NftElement add : adds) {
      if (add instanceof NftElement.MapEntry entry) {
        addedFakes.add(entry.fake());
        if (!entry.real().equals(kernel.map().get(entry.fake()))) {
          return false;
        }
      } else if (add instanceof NftElement.RealEntry entry) {
        addedReals.add(entry.real());
        if (!kernel.reals().contains(entry.real())) {
          return false;
        }
      }
    }
    for (NftElement delete : deletes) {
      boolean left =
          delete instanceof NftElement.MapEntry entry
              ? kernel.map().containsKey(entry.fake()) && !addedFakes.contains(entry.fake())
              : delete instanceof NftElement.RealEntry real
                  && kernel.reals().contains(real.real())
                  && !addedReals.contains(real.real());
      if (left) {
        return false;
      }
    }
    return true;
  }
}
