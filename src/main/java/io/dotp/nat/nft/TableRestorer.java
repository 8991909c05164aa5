package io.dotp.nat.nft;

import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Declarations.Look;
import io.dotp.nat.nft.Nftables.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the table back to what it should be after somebody else changed it. Thread: the context's.
 */
final class TableRestorer {
  /*
   * What the table declared when we installed it is remembered; a listing without elements and
   * counts tells whether anybody touched it since, at the price of one look. Then, from the cheapest:
   *   declarations as they were    only the difference of the elements, or nothing
   *   our sets as they should be   rules afresh (`flush table` keeps elements and counts) and the
   *                                difference of the elements
   *   anything else of ours        delete and make anew, with all elements
   *   gone                         install, with all elements
   * each one transaction, but for a full table that is gone: sets, elements, rules. A foreign chain
   * or set in our table survives fresh rules: then the listing still differs, and the table is made
   * anew. So it is where nothing is remembered: a listing that failed, or a table of ours where an
   * administrator's was. Without our comment the table has become an administrator's, and stays that
   * until the end of the run: what he deletes is his to bring back.
   */

  private static final Logger LOG = LoggerFactory.getLogger(TableRestorer.class);

  /** With fewer elements one transaction is as quick. */
  private static final int MANY = 2_000;

  private final Declarations declarations;
  private final TableWriter writer;
  private TableSpec spec;
  private boolean managed;

  /** What a table of ours declared when it was last right; null in somebody else's. */
  private @Nullable TableListing declared;

  TableRestorer(Declarations declarations, TableWriter writer, TableSpec spec, boolean managed) {
    this.declarations = declarations;
    this.writer = writer;
    this.spec = spec;
    this.managed = managed;
    if (managed) {
      remember();
    }
  }

  /**
   * @param elements reads and commits elements; the library itself is slow with a large map
   */
  CommitResult restore(KernelElements wanted, Nftables elements) {
    Look look = declarations.look();
    if (look instanceof Look.Unreadable unreadable) {
      return new Rejected(unreadable.cause(), unreadable.text());
    }
    if (look instanceof Look.Absent) {
      return managed
          ? install(wanted, elements)
          : new Rejected(Cause.MISSING, "the administrator's " + name() + " is gone");
    }
    String comment = ManagedTable.commentOf(((Look.Found) look).text());
    if (!ManagedTable.isOurs(comment)) {
      return restoreElements(wanted, elements);
    }
    return isRight(look) ? mend("", wanted, elements) : restoreRules(comment, wanted, elements);
  }

  /**
   * Loads other rules over what is right as it is.
   *
   * @param wanted all elements that the table holds
   */
  CommitResult reshape(TableSpec next, KernelElements wanted) {
    Look look = declarations.look();
    if (look instanceof Look.Unreadable unreadable) {
      return new Rejected(unreadable.cause(), unreadable.text());
    }
    if (look instanceof Look.Absent) {
      return new Rejected(Cause.MISSING, name() + " is gone");
    }
    TableSpec before = spec;
    spec = next;
    CommitResult result = reshape(ManagedTable.commentOf(((Look.Found) look).text()), wanted);
    if (result instanceof Rejected) {
      spec = before;
    }
    return result;
  }

  private CommitResult reshape(String comment, KernelElements wanted) {
    if (!ManagedTable.isOurs(comment)) {
      Rejected fault = fault();
      if (fault == null) {
        LOG.warn(
            "the administrator's rules have to know the pools themselves table={} pools={}",
            spec.table(),
            spec.pools());
      }
      return fault == null ? new Committed() : fault;
    }
    boolean fits = comment.equals(ManagedTable.comment()) && ManagedTable.isShaped(shapes(), spec);
    if (!fits) {
      return make("table made anew", "delete table inet " + spec.table() + "\n", wanted);
    }
    CommitResult result =
        writer.commit(ManagedTable.render(spec), new NftTransaction(List.of(), List.of()));
    if (result instanceof Committed) {
      LOG.info("other rules loaded table={}", spec.table());
      remember();
    }
    return result;
  }

  /** What the table is now. */
  TableInstaller.Result.Ready ready() {
    return new TableInstaller.Result.Ready(managed, shapes());
  }

  /** The declarations are right: only elements can be wrong. */
  private CommitResult mend(String prefix, KernelElements wanted, Nftables elements) {
    ReadResult read = elements.read();
    if (read instanceof ReadResult.Unreadable unreadable) {
      return new Rejected(unreadable.cause(), unreadable.text());
    }
    KernelElements found = ((ReadResult.Elements) read).elements();
    NftTransaction difference = KernelDifference.between(found, wanted.map(), wanted.reals());
    return prefix.isEmpty() ? elements.commit(difference) : writer.commit(prefix, difference);
  }

  private CommitResult restoreRules(String comment, KernelElements wanted, Nftables elements) {
    managed = true;
    Map<String, SetShape> shapes = shapes();
    boolean known = declared != null;
    if (known && comment.equals(ManagedTable.comment()) && ManagedTable.isShaped(shapes, spec)) {
      CommitResult result = mend(ManagedTable.render(spec), wanted, elements);
      if (result instanceof Rejected rejected && rejected.cause() == Cause.NOT_PERMITTED) {
        return result;
      }
      if (result instanceof Committed && isRight(declarations.look())) {
        LOG.info("rules loaded again table={}", spec.table());
        return result;
      }
    }
    return make("table made anew", "delete table inet " + spec.table() + "\n", wanted);
  }

  private boolean isRight(Look look) {
    return look instanceof Look.Found found && TableListing.of(found.text()).equals(declared);
  }

  /**
   * The table is gone. A full one is filled before it gets rules, by whoever is quick with
   * elements: a table without rules does nothing, and one with rules turns away what it has no
   * element for.
   */
  private CommitResult install(KernelElements wanted, Nftables elements) {
    NftTransaction all = all(wanted);
    if (all.adds().size() < MANY) {
      return make("table installed again", "", wanted);
    }
    CommitResult result =
        writer.commit(ManagedTable.renderSets(spec), new NftTransaction(List.of(), List.of()));
    if (result instanceof Committed) {
      result = elements.commit(all);
    }
    if (result instanceof Committed) {
      result = writer.commit(ManagedTable.render(spec), new NftTransaction(List.of(), List.of()));
    }
    if (result instanceof Committed) {
      LOG.info("table installed again table={} elements={}", spec.table(), all.adds().size());
      remember();
    }
    return result;
  }

  private static NftTransaction all(KernelElements wanted) {
    List<NftElement> elements = new ArrayList<>();
    wanted.map().forEach((fake, real) -> elements.add(new NftElement.MapEntry(fake, real)));
    wanted.reals().forEach(real -> elements.add(new NftElement.RealEntry(real)));
    return new NftTransaction(List.of(), elements);
  }

  /** Loads everything behind {@code prefix}. */
  private CommitResult make(String event, String prefix, KernelElements wanted) {
    NftTransaction all = all(wanted);
    CommitResult result = writer.commit(prefix + ManagedTable.render(spec), all);
    if (result instanceof Committed) {
      LOG.info("{} table={} elements={}", event, spec.table(), all.adds().size());
      remember();
    }
    return result;
  }

  /** The administrator's table: nothing but elements. */
  private CommitResult restoreElements(KernelElements wanted, Nftables elements) {
    if (managed) {
      managed = false;
      declared = null;
      LOG.warn(
          "table was replaced by one without dotp's comment: its rules are the administrator's"
              + " from now on, dotp writes elements only table={}",
          spec.table());
    }
    Rejected fault = fault();
    return fault == null ? mend("", wanted, elements) : fault;
  }

  /** What the administrator's table lacks, null for nothing. */
  private @Nullable Rejected fault() {
    Map<String, SetShape> shapes = shapes();
    for (TableSet set : sets()) {
      SetShape shape = shapes.get(set.kernelName());
      String fault = shape == null ? "is missing" : shape.misfit(set);
      if (!fault.isEmpty()) {
        return new Rejected(
            Cause.MISSING, name() + ": " + set.kind() + " " + set.kernelName() + ": " + fault);
      }
    }
    return null;
  }

  private void remember() {
    declared =
        declarations.look() instanceof Look.Found found ? TableListing.of(found.text()) : null;
  }

  /** The declared sets; empty when they cannot be read, which then looks like a damaged table. */
  private Map<String, SetShape> shapes() {
    return declarations.shapes() instanceof Declarations.Shapes.Known known
        ? known.shapes()
        : Map.of();
  }

  private List<TableSet> sets() {
    return List.of(TableSet.values()).stream().filter(set -> spec.uses(set.family())).toList();
  }

  private String name() {
    return "table inet " + spec.table();
  }
}
