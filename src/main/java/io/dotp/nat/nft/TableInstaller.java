package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.OpenResult.Reason;
import io.dotp.nat.nft.OpenResult.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the table ready. Thread: the context's.
 *
 * <p>No table: it is installed. A table with our comment: rules are loaded afresh, or, where sets
 * have to change, table and elements are made anew; both in one transaction, because a moment
 * without the table cuts flows. A table without our comment is the administrator's: its sets are
 * checked and nothing is changed.
 */
final class TableInstaller {
  private static final Logger LOG = LoggerFactory.getLogger(TableInstaller.class);

  /** What {@link #install} gives. */
  sealed interface Result {
    /**
     * The table is ready.
     *
     * @param managed whether the rules are ours
     * @param shapes the declarations of its sets
     */
    record Ready(boolean managed, Map<String, SetShape> shapes) implements Result {
      /** The sets to read back; also of a family without a pool, which may have had one before. */
      List<TableSet> sets() {
        List<TableSet> usable = new ArrayList<>();
        for (TableSet set : TableSet.values()) {
          SetShape shape = shapes.get(set.kernelName());
          if (shape != null && shape.misfit(set).isEmpty()) {
            usable.add(set);
          }
        }
        return usable;
      }

      /** Mappings of one family that fit in, 0 without sets for it. */
      int capacity(Family family) {
        int capacity = Integer.MAX_VALUE;
        boolean found = false;
        for (TableSet set : TableSet.values()) {
          SetShape shape = shapes.get(set.kernelName());
          if (set.family() == family && shape != null) {
            capacity = Math.min(capacity, shape.capacity());
            found = true;
          }
        }
        return found ? capacity : 0;
      }
    }

    /** Nothing was changed. */
    record Failed(Refused refused) implements Result {}
  }

  private final Declarations declarations;
  private final KernelErrors errors;
  private final TableWriter writer;
  private final TableSpec spec;

  TableInstaller(
      Declarations declarations, KernelErrors errors, TableWriter writer, TableSpec spec) {
    this.declarations = declarations;
    this.errors = errors;
    this.writer = writer;
    this.spec = spec;
  }

  Result install() {
    Declarations.Look look = declarations.look();
    if (look instanceof Declarations.Look.Absent) {
      return load("table installed", "", List.of());
    }
    if (look instanceof Declarations.Look.Unreadable unreadable) {
      return rejected("cannot be read", unreadable.text());
    }
    String comment = ManagedTable.commentOf(((Declarations.Look.Found) look).text());
    if (!ManagedTable.isOurs(comment)) {
      return verify();
    }
    Result found = shapes(true);
    if (!(found instanceof Result.Ready ready)) {
      return found;
    }
    boolean sameLayout =
        comment.equals(ManagedTable.comment()) && ManagedTable.isShaped(ready.shapes(), spec);
    if (sameLayout) {
      Result loaded = load("rules loaded", "", List.of());
      if (loaded instanceof Result.Ready) {
        return loaded;
      }
      LOG.warn("table of ours has been changed and is made anew table={}", spec.table());
    }
    return migrate(ready);
  }

  /** Loads the rules behind {@code prefix}, with elements; then looks at what is there. */
  private Result load(String event, String prefix, List<NftElement> elements) {
    CommitResult result =
        writer.commit(prefix + ManagedTable.render(spec), new NftTransaction(List.of(), elements));
    if (result instanceof Rejected refusal) {
      return rejected("cannot be installed", refusal.text());
    }
    LOG.info("{} table={} elements={}", event, spec.table(), elements.size());
    return shapes(true);
  }

  /** Deletes and makes the table in one transaction, with the elements of families in use. */
  private Result migrate(Result.Ready old) {
    Nftables.ReadResult read = writer.read(old.sets());
    if (read instanceof Nftables.ReadResult.Unreadable unreadable) {
      return rejected("cannot be read", unreadable.text());
    }
    KernelElements kept = ((Nftables.ReadResult.Elements) read).elements();
    List<NftElement> elements = new ArrayList<>();
    for (Map.Entry<IpAddress, IpAddress> pair : kept.map().entrySet()) {
      if (isInPool(pair.getKey())) {
        elements.add(new NftElement.MapEntry(pair.getKey(), pair.getValue()));
      }
    }
    for (IpAddress real : kept.reals()) {
      if (spec.uses(real.family())) {
        elements.add(new NftElement.RealEntry(real));
      }
    }
    return load("table made anew", "delete table inet " + spec.table() + "\n", elements);
  }

  /** Elements outside the pools would be removed anyway, and may be too many for the new size. */
  private boolean isInPool(IpAddress fake) {
    return spec.pools().stream().anyMatch(pool -> pool.contains(fake));
  }

  /** The administrator's table: only looked at. */
  private Result verify() {
    Result found = shapes(false);
    if (!(found instanceof Result.Ready ready)) {
      return found;
    }
    List<String> faults = new ArrayList<>();
    for (TableSet set : TableSet.values()) {
      SetShape shape = ready.shapes().get(set.kernelName());
      if (!spec.uses(set.family())) {
        continue;
      }
      String fault = shape == null ? expected(set) + ", found none" : shape.misfit(set);
      if (!fault.isEmpty()) {
        faults.add(set.kind() + " " + set.kernelName() + ": " + fault);
      }
    }
    return faults.isEmpty()
        ? ready
        : failed(
            Reason.WRONG_TABLE,
            faults.stream()
                    .map(fault -> "table inet " + spec.table() + ", " + fault)
                    .collect(Collectors.joining("\n"))
                + "\ndeclare them as the shipped rules.nft does, or `nft delete table inet "
                + spec.table()
                + "` and let dotp install its own rules, or choose another --nft-table");
  }

  private static String expected(TableSet set) {
    String type = set.addressType();
    return "expected a " + set.kind() + " of " + type + (set.isMap() ? " : " + type : "");
  }

  private Result shapes(boolean managed) {
    Declarations.Shapes found = declarations.shapes();
    return found instanceof Declarations.Shapes.Known known
        ? new Result.Ready(managed, known.shapes())
        : rejected("cannot be read", ((Declarations.Shapes.Unreadable) found).text());
  }

  private Result rejected(String event, String text) {
    if (errors.causeOf(text) == Cause.NOT_PERMITTED) {
      return failed(
          Reason.NOT_PERMITTED,
          "no right to change nftables (CAP_NET_ADMIN is missing): run as root, or with"
              + " AmbientCapabilities=CAP_NET_ADMIN in the systemd unit, or `setcap"
              + " cap_net_admin+ep` on the java binary, or start with --dry-run");
    }
    return failed(Reason.REJECTED, "table inet " + spec.table() + " " + event + ": " + text);
  }

  private static Result failed(Reason reason, String message) {
    return new Result.Failed(new Refused(reason, message));
  }
}
