package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.nat.journal.Journal;
import io.dotp.nat.journal.JournalContents;
import io.dotp.nat.journal.JournalEntry;
import io.dotp.nat.journal.KnownPool;
import io.dotp.nat.journal.Retirement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A journal in memory that outlives a writer. Written at once, unless a test holds the pen; its
 * wall clock is the test's one.
 */
final class ModelJournal implements Journal {
  final Map<IpAddress, JournalEntry> entries = new HashMap<>();

  final Map<IpPrefix, KnownPool> pools = new HashMap<>();

  private LongSupplier nanoClock;
  private boolean holding;

  /** Whether its disk failed before the end. */
  boolean stale;

  private long tickets;
  private long written;

  ModelJournal(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** What is told from here on is not written before {@link #write}. */
  void hold() {
    holding = true;
  }

  void write() {
    holding = false;
    written = tickets;
  }

  void clock(LongSupplier clock) {
    nanoClock = clock;
  }

  private long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong());
  }

  @Override
  public JournalContents contents() {
    return new JournalContents(entries, List.copyOf(pools.values()), stale, 0, millis());
  }

  @Override
  public void forgetContents() {}

  @Override
  public void live(IpAddress fake, IpAddress real, String route, List<DomainName> names) {
    entries.merge(
        fake,
        new JournalEntry(real, route, names, JournalEntry.LIVE),
        (old, now) -> merged(old, now, JournalEntry.LIVE));
  }

  @Override
  public void named(IpAddress fake, IpAddress real, String route, DomainName name) {
    entries.computeIfPresent(
        fake,
        (same, old) ->
            merged(
                old,
                new JournalEntry(real, route, List.of(name), JournalEntry.LIVE),
                old.restingSinceMillis()));
  }

  @Override
  public long retiring(List<Retirement> batch) {
    for (Retirement each : batch) {
      entries.merge(
          each.fake(),
          new JournalEntry(each.real(), each.route(), List.of(), millis()),
          (old, now) -> merged(old, now, now.restingSinceMillis()));
    }
    tickets++;
    written = holding ? written : tickets;
    return tickets;
  }

  private static JournalEntry merged(JournalEntry old, JournalEntry now, long since) {
    List<DomainName> names = new ArrayList<>();
    if (old.real().equals(now.real()) && old.route().equals(now.route())) {
      names.addAll(old.names());
    }
    now.names().stream().filter(name -> !names.contains(name)).forEach(names::add);
    return new JournalEntry(now.real(), now.route(), names, since);
  }

  @Override
  public boolean isWritten(long ticket) {
    return written >= ticket;
  }

  @Override
  public void onWritten(Runnable wake) {}

  @Override
  public void freed(List<IpAddress> fakes) {
    entries.keySet().removeAll(fakes);
  }

  @Override
  public void pool(KnownPool pool, boolean over) {
    if (over) {
      pools.remove(pool.prefix());
    } else {
      pools.put(pool.prefix(), pool);
    }
  }

  @Override
  public void close() {}
}
