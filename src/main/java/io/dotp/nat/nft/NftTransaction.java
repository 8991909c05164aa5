package io.dotp.nat.nft;

import java.util.List;

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
}
