package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import java.util.List;
import java.util.Map;

/**
 * What an earlier run left behind.
 *
 * @param entries by fake
 * @param pools those that its rules knew, oldest first
 * @param stale whether that run did more than it could write: what it says of a fake that the
 *     kernel does not have may since have been true of another pair
 * @param ignoredBytes length of a torn or damaged end that was left out, 0 for a sound file
 * @param readMillis wall clock of the reading, for {@link JournalEntry#restedMillis}
 */
public record JournalContents(
    Map<IpAddress, JournalEntry> entries,
    List<KnownPool> pools,
    boolean stale,
    long ignoredBytes,
    long readMillis) {
  static final JournalContents NOTHING = new JournalContents(Map.of(), List.of(), false, 0, 0);

  public JournalContents {
    entries = Map.copyOf(entries);
    pools = List.copyOf(pools);
  }
}
