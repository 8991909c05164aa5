package io.dotp.nat.nft;

import java.util.Set;

/**
 * Writes elements of one table. Thread: the one that opened it, for every call.
 *
 * <p>Errors: results, never exceptions; an exception out of here is a bug.
 */
public interface Nftables extends AutoCloseable {
  CommitResult commit(NftTransaction transaction);

  /** Reads everything back; a result because the table may be gone or we may lack the right. */
  ReadResult read();

  /**
   * Port ids of the netlink sockets that changes go through, to tell the kernel's notifications of
   * our own changes from those of others. May change with every other call; may lack the library's
   * own. Thread: any.
   */
  Set<Integer> ownPorts();

  @Override
  void close();

  /** What {@link #read} gives. */
  sealed interface ReadResult {
    /** The elements as of one moment. */
    record Elements(KernelElements elements) implements ReadResult {}

    /** The table could not be read. */
    record Unreadable(CommitResult.Cause cause, String text) implements ReadResult {}
  }
}
