package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs every transaction and applies it to a copy in memory that answers as the kernel would. Needs
 * neither a privilege nor libnftables.
 */
public final class DryRunNftables implements Nftables {
  private static final Logger LOG = LoggerFactory.getLogger(DryRunNftables.class);

  private final CommandText commands;
  private TableSpec spec;
  private final Map<TableSet, Integer> capacity = new EnumMap<>(TableSet.class);

  /** Key to datum; the datum of a set is the key itself. */
  private final Map<TableSet, Map<IpAddress, IpAddress>> elements = new EnumMap<>(TableSet.class);

  /** What to put back when the transaction fails; null for nothing. */
  private record Change(Map<IpAddress, IpAddress> set, IpAddress key, @Nullable IpAddress old) {
    void undo() {
      if (old == null) {
        set.remove(key);
      } else {
        set.put(key, old);
      }
    }
  }

  private DryRunNftables(TableSpec spec) {
    commands = new CommandText(spec.table());
    this.spec = spec;
    declare();
  }

  /** A set that is not declared has no elements any more: its last pool is empty. */
  private void declare() {
    for (TableSet set : TableSet.values()) {
      if (spec.uses(set.family())) {
        capacity.put(set, spec.size(set.family()));
        elements.computeIfAbsent(set, fresh -> new HashMap<>());
      } else {
        elements.remove(set);
      }
    }
  }

  /** Never refuses. */
  public static OpenResult open(TableSpec spec) {
    LOG.info("dry run: the kernel is left alone table={}", spec.table());
    return new OpenResult.Opened(
        new DryRunNftables(spec),
        true,
        spec.uses(Family.IPV4) ? spec.size(Family.IPV4) : 0,
        spec.uses(Family.IPV6) ? spec.size(Family.IPV6) : 0);
  }

  @Override
  public CommitResult commit(NftTransaction transaction) {
    Deque<Change> done = new ArrayDeque<>();
    CommitResult result = apply(transaction, done);
    if (result instanceof Rejected) {
      done.forEach(Change::undo);
    } else if (!transaction.isEmpty() && LOG.isInfoEnabled()) {
      LOG.info("dry run: {}", commands.of(transaction).strip());
    }
    return result;
  }

  /** Puts every change on top of {@code done}, also before a refusal. */
  private CommitResult apply(NftTransaction transaction, Deque<Change> done) {
    for (NftElement delete : transaction.deletes()) {
      Map<IpAddress, IpAddress> set = elements.get(TableSet.of(delete));
      IpAddress old = set == null ? null : set.remove(keyOf(delete));
      if (set == null || old == null) {
        return rejected(Cause.MISSING, delete);
      }
      done.push(new Change(set, keyOf(delete), old));
    }
    for (NftElement add : transaction.adds()) {
      Map<IpAddress, IpAddress> set = elements.get(TableSet.of(add));
      if (set == null) {
        return rejected(Cause.MISSING, add);
      }
      IpAddress old = set.putIfAbsent(keyOf(add), dataOf(add));
      if (old == null) {
        done.push(new Change(set, keyOf(add), null));
        if (set.size() > capacity.getOrDefault(TableSet.of(add), 0)) {
          return rejected(Cause.FULL, add);
        }
      } else if (!old.equals(dataOf(add))) {
        return rejected(Cause.EXISTS, add);
      }
    }
    return new Committed();
  }

  @Override
  public ReadResult read() {
    Map<IpAddress, IpAddress> map = new HashMap<>();
    Set<IpAddress> reals = new HashSet<>();
    elements.forEach(
        (set, content) -> {
          if (set.isMap()) {
            map.putAll(content);
          } else {
            reals.addAll(content.keySet());
          }
        });
    return new ReadResult.Elements(new KernelElements(map, reals));
  }

  @Override
  public CommitResult restore(KernelElements wanted) {
    KernelElements found = ((ReadResult.Elements) read()).elements();
    return commit(KernelDifference.between(found, wanted.map(), wanted.reals()));
  }

  @Override
  public ReshapeResult reshape(KernelRules rules, KernelElements wanted) {
    spec = spec.with(rules);
    declare();
    LOG.info("dry run: the rules would be loaded for other pools pools={}", rules.prefixes());
    return new ReshapeResult.Reshaped(
        spec.uses(Family.IPV4) ? spec.size(Family.IPV4) : 0,
        spec.uses(Family.IPV6) ? spec.size(Family.IPV6) : 0);
  }

  @Override
  public void close() {
    elements.clear();
  }

  private static IpAddress keyOf(NftElement element) {
    return element instanceof NftElement.MapEntry entry ? entry.fake() : dataOf(element);
  }

  private static IpAddress dataOf(NftElement element) {
    return element instanceof NftElement.MapEntry entry
        ? entry.real()
        : ((NftElement.RealEntry) element).real();
  }

  private static Rejected rejected(Cause cause, NftElement element) {
    return new Rejected(cause, "dry run: " + TableSet.of(element).kernelName() + " " + element);
  }
}
