package io.dotp.nat.nft;

import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Elements of one table through one context. Thread: the context's. */
final class TableWriter {
  private static final Logger LOG = LoggerFactory.getLogger(TableWriter.class);

  private final NftContext context;
  private final KernelErrors errors;
  private final CommandText commands;

  TableWriter(NftContext context, KernelErrors errors, String table) {
    this.context = context;
    this.errors = errors;
    this.commands = new CommandText(table);
  }

  CommitResult commit(NftTransaction transaction) {
    return transaction.isEmpty() ? new Committed() : commit("", transaction);
  }

  /**
   * Carries out whole lines of commands and then the transaction, all or nothing.
   *
   * <p>The exception: what is too long for the socket goes in pieces, and when a later piece is
   * rejected the earlier ones stay. The caller's shadow is wrong then in any case.
   */
  CommitResult commit(String prefix, NftTransaction transaction) {
    NftContext.Reply whole = context.run(commands.of(prefix, transaction));
    if (whole.ok()) {
      return new Committed();
    }
    if (!errors.isTooLong(whole.error())) {
      return new Rejected(errors.causeOf(whole.error()), whole.error());
    }
    List<NftTransaction> pieces = TransactionPieces.of(transaction);
    if (pieces.size() < 2) {
      return new Rejected(Cause.OTHER, whole.error());
    }
    LOG.debug("transaction sent in pieces pieces={}", pieces.size());
    String before = prefix;
    for (NftTransaction piece : pieces) {
      NftContext.Reply reply = context.run(commands.of(before, piece));
      if (!reply.ok()) {
        return new Rejected(errors.causeOf(reply.error()), reply.error());
      }
      before = "";
    }
    return new Committed();
  }

  /** Reads {@code sets}, each as of its own moment; nobody else is meant to write them. */
  ReadResult read(List<TableSet> sets) {
    Map<IpAddress, IpAddress> map = new HashMap<>();
    Set<IpAddress> reals = new HashSet<>();
    List<String> foreign = new ArrayList<>();
    for (TableSet set : sets) {
      NftContext.Reply reply = context.run(commands.list(set), NftContext.Output.JSON);
      if (!reply.ok()) {
        return new ReadResult.Unreadable(errors.causeOf(reply.error()), reply.error());
      }
      ElementListing.Result result = ElementListing.parse(set, reply.output());
      if (result instanceof ElementListing.Result.Malformed malformed) {
        return new ReadResult.Unreadable(
            Cause.OTHER, "listing of " + set.kernelName() + ": " + malformed.text());
      }
      ElementListing.Result.Listed listed = (ElementListing.Result.Listed) result;
      map.putAll(listed.pairs());
      reals.addAll(listed.keys());
      if (listed.foreign() > 0) {
        foreign.add(set.kernelName() + "=" + listed.foreign());
      }
    }
    if (!foreign.isEmpty()) {
      LOG.warn("elements of another form left alone {}", String.join(" ", foreign));
    }
    return new ReadResult.Elements(new KernelElements(map, reals));
  }
}
