package io.dotp.nat.nft;

import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.OpenResult.Reason;
import io.dotp.nat.nft.OpenResult.Refused;

/** Takes a table of ours away, and nobody else's. */
public final class TableRemover {
  /** What {@link #remove} gives. */
  public sealed interface Result {
    /**
     * There is no such table now.
     *
     * @param found whether there was one
     */
    record Gone(boolean found) implements Result {}

    /** Nothing was changed. */
    record Failed(Refused refused) implements Result {}
  }

  private TableRemover() {}

  /**
   * Deletes it with its elements. Flows that rely on it end unless other rules use NAT. Thread: any
   * that may block.
   *
   * @param table name of the {@code inet} table
   */
  public static Result remove(String table) {
    NativeLibraries.Loaded loaded = NativeLibraries.load();
    if (loaded instanceof NativeLibraries.Loaded.Absent absent) {
      return failed(Reason.MISSING_LIBRARY, NativeLibraries.missing(absent.text()));
    }
    NativeLibraries.Loaded.Present present = (NativeLibraries.Loaded.Present) loaded;
    NftContext context = NftContext.open(present.nftables());
    if (context == null) {
      return failed(Reason.REJECTED, "libnftables gives no context");
    }
    try (context) {
      return remove(table, context, present.errors());
    }
  }

  private static Result remove(String table, NftContext context, KernelErrors errors) {
    NftContext.Reply listing = context.run("list table inet " + table);
    if (!listing.ok()) {
      return errors.causeOf(listing.error()) == Cause.MISSING
          ? new Result.Gone(false)
          : rejected(table, listing.error(), errors);
    }
    if (!ManagedTable.isOurs(ManagedTable.commentOf(listing.output()))) {
      return failed(
          Reason.WRONG_TABLE,
          "table inet " + table + " is not dotp's own: it has no comment that says so");
    }
    NftContext.Reply reply = context.run("delete table inet " + table);
    return reply.ok() ? new Result.Gone(true) : rejected(table, reply.error(), errors);
  }

  private static Result rejected(String table, String text, KernelErrors errors) {
    boolean forbidden = errors.causeOf(text) == Cause.NOT_PERMITTED;
    return failed(
        forbidden ? Reason.NOT_PERMITTED : Reason.REJECTED,
        forbidden
            ? "no right to change nftables (CAP_NET_ADMIN is missing)"
            : "table inet " + table + ": " + text);
  }

  private static Result failed(Reason reason, String message) {
    return new Result.Failed(new Refused(reason, message));
  }
}
