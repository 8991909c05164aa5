package io.dotp.nat.nft;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Elements of one table through one context. Thread: the context's. */
final class TableWriter {
  private static final Logger LOG = LoggerFactory.getLogger(TableWriter.class);

  private final NftContext context;
  private final KernelErrors errors;
  private final NatMetrics metrics;
  private final CommandText commands;

  TableWriter(NftContext context, KernelErrors errors, String table, NatMetrics metrics) {
    this.metrics = metrics;
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
    boolean divisible = TransactionPieces.isDivisible(transaction);
    NftContext.Reply whole = run(prefix, transaction, divisible);
    if (whole.ok()) {
      return new Committed();
    }
    if (!divisible || !errors.isTooLong(whole.error())) {
      return rejected(whole.error());
    }
    List<NftTransaction> pieces = TransactionPieces.of(transaction);
    LOG.debug("transaction sent in pieces pieces={}", pieces.size());
    String before = prefix;
    for (NftTransaction piece : pieces) {
      NftContext.Reply reply = run(before, piece, false);
      if (!reply.ok()) {
        return rejected(reply.error());
      }
      before = "";
    }
    return new Committed();
  }

  private Rejected rejected(String text) {
    return new Rejected(errors.causeOf(text), errors.withRemedy(text));
  }

  /**
   * Runs it, again after a pause where the kernel was busy, interrupted or short of memory; a
   * second run of adds is harmless should the first have been carried out.
   *
   * @param divisible whether the caller has an answer to what is too long
   */
  private NftContext.Reply run(String prefix, NftTransaction transaction, boolean divisible) {
    RetryPauses pauses = new RetryPauses();
    while (true) {
      NftContext.Reply reply = context.run(commands.of(prefix, transaction));
      boolean again =
          !reply.ok()
              && errors.isPassing(reply.error())
              && !(divisible && errors.isTooLong(reply.error()));
      if (!again || !pauses.pause()) {
        return reply;
      }
      metrics.retriedTransactions.increment();
    }
  }

  /** Reads {@code sets}, each as of its own moment; nobody else is meant to write them. */
  ReadResult read(List<TableSet> sets) {
    ReadElements elements = new ReadElements();
    for (TableSet set : sets) {
      NftContext.Reply reply = context.run(commands.list(set), NftContext.Output.JSON);
      if (!reply.ok()) {
        return new ReadResult.Unreadable(
            errors.causeOf(reply.error()), errors.withRemedy(reply.error()));
      }
      ElementListing.Result result = ElementListing.parse(set, reply.output());
      if (result instanceof ElementListing.Result.Malformed malformed) {
        return new ReadResult.Unreadable(
            Cause.OTHER, "listing of " + set.kernelName() + ": " + malformed.text());
      }
      elements.add(set, (ElementListing.Result.Listed) result);
    }
    return elements.result();
  }
}
