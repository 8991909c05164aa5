package io.dotp.nat.nft;

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
   * Makes table, rules and elements what they should be, whatever is there now; no rule is in force
   * before its elements, and nothing is written when nothing is wrong. An administrator's table
   * only ever gets elements: as long as it or a set of it is absent, the result is {@link
   * CommitResult.Cause#MISSING}.
   *
   * @param wanted all elements that the kernel shall hold; others in our sets are deleted
   */
  CommitResult restore(KernelElements wanted);

  /**
   * Makes the rules other ones, also for other pools, in one transaction; sets grow, come and go as
   * need be. Of an administrator's table it is only asked whether it has the sets.
   *
   * @param wanted all elements that the kernel holds, which is in step
   */
  ReshapeResult reshape(KernelRules rules, KernelElements wanted);

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
