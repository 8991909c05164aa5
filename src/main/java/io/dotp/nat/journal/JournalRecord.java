package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import java.util.List;

/** One line of the file, so to speak. */
sealed interface JournalRecord {
  /**
   * What is known of a fake. Names are added to those of earlier records of the same pair; a record
   * of another pair begins anew.
   */
  record Known(IpAddress fake, JournalEntry entry) implements JournalRecord {}

  /** Fakes of which there is nothing more to know, at most {@link RecordFormat#MOST_FREED}. */
  record Freed(List<IpAddress> fakes) implements JournalRecord {}

  /**
   * The rules know a pool, or do no longer.
   *
   * @param over whether they know it no longer
   */
  record Pool(KnownPool pool, boolean over) implements JournalRecord {}

  /**
   * The wall clock was set. All rests noted before move along, so that they last as long as they
   * should.
   *
   * @param millis forward if positive
   */
  record ClockStep(long millis) implements JournalRecord {}
}
