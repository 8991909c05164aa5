package io.dotp.nat.nft;

import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts a transaction that does not fit into the netlink socket's send buffer, which only happens
 * where the buffer cannot be raised (user namespaces). A delete travels together with the add of
 * the same key, so that a changed mapping is never absent; the other deletes go first.
 */
final class TransactionPieces {
  /** Elements of IPv6, the longest, that surely fit into the default buffer of 208 KiB. */
  static final int ELEMENTS = 800;

  private TransactionPieces() {}

  /** A set and a key in it. */
  private record Slot(TableSet set, IpAddress key) {
    static Slot of(NftElement element) {
      IpAddress key =
          element instanceof NftElement.MapEntry entry
              ? entry.fake()
              : ((NftElement.RealEntry) element).real();
      return new Slot(TableSet.of(element), key);
    }
  }

  /** Whether there would be more than one. */
  static boolean isDivisible(NftTransaction transaction) {
    return transaction.deletes().size() + transaction.adds().size() > ELEMENTS + 1;
  }

  static List<NftTransaction> of(NftTransaction transaction) {
    Set<Slot> added = new HashSet<>();
    transaction.adds().forEach(add -> added.add(Slot.of(add)));
    Map<Slot, NftElement> replaced = new HashMap<>();
    List<NftTransaction> pieces = new ArrayList<>();
    List<NftElement> deletes = new ArrayList<>();
    for (NftElement delete : transaction.deletes()) {
      if (added.contains(Slot.of(delete))) {
        replaced.put(Slot.of(delete), delete);
        continue;
      }
      deletes.add(delete);
      if (deletes.size() == ELEMENTS) {
        pieces.add(new NftTransaction(deletes, List.of()));
        deletes.clear();
      }
    }
    List<NftElement> adds = new ArrayList<>();
    for (NftElement add : transaction.adds()) {
      NftElement old = replaced.remove(Slot.of(add));
      if (old != null) {
        deletes.add(old);
      }
      adds.add(add);
      if (deletes.size() + adds.size() >= ELEMENTS) {
        pieces.add(new NftTransaction(deletes, adds));
        deletes.clear();
        adds.clear();
      }
    }
    if (!deletes.isEmpty() || !adds.isEmpty()) {
      pieces.add(new NftTransaction(deletes, adds));
    }
    return pieces;
  }
}
