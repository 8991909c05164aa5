package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.nat.journal.JournalRecord.ClockStep;
import io.dotp.nat.journal.JournalRecord.Freed;
import io.dotp.nat.journal.JournalRecord.Known;
import io.dotp.nat.journal.JournalRecord.Pool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the file says, or would say if it could be written: the same records give the same picture,
 * whether they are made or read. The file can be written anew from it at any time, so nothing is
 * lost for good while a disk is full. Thread: journal.
 */
final class JournalPicture {
  /** Names of an entry; of more the first and the newest are kept, as in a mapping. */
  static final int MOST_NAMES = 8;

  /** More than the pools can hold. */
  static final int MOST_ENTRIES = 1 << 21;

  /** Pools of the rules; of further ones that are given up the fakes are lost with a restart. */
  static final int MOST_POOLS = 1024;

  /**
   * Records that may follow one another only to tell names of one fake. With nine names that take
   * turns every query would be one; beyond this they wait for the file to be written anew.
   */
  private static final int MOST_NAME_RECORDS = 16;

  /** An entry, and how many records told names of it since the file was written anew. */
  private record Held(JournalEntry entry, int nameRecords) {}

  private final Map<IpAddress, Held> held = new HashMap<>();
  private final Map<IpPrefix, KnownPool> pools = new LinkedHashMap<>();
  private final Map<String, String> routes = new HashMap<>();
  private final int mostEntries;
  private long bytes;
  private int resting;
  private boolean holdingNamesBack;
  private boolean stale;

  JournalPicture() {
    this(MOST_ENTRIES);
  }

  JournalPicture(int mostEntries) {
    this.mostEntries = mostEntries;
  }

  /** Whether a run whose disk failed has done more than it could write. */
  boolean isStale() {
    return stale;
  }

  void stale(boolean now) {
    stale = now;
  }

  /** Takes in a record that was read. */
  void apply(JournalRecord record) {
    if (record instanceof Known known) {
      put(known, 0);
    } else if (record instanceof Freed freed) {
      freed.fakes().forEach(this::remove);
    } else if (record instanceof ClockStep step) {
      stepClock(step.millis());
    } else if (record instanceof Pool read) {
      pool(read.pool(), read.over());
    }
  }

  /** The rules know a pool, or do no longer. Null: the file says so already. */
  @Nullable JournalRecord pool(KnownPool pool, boolean over) {
    KnownPool known = pools.get(pool.prefix());
    boolean changes = over ? known != null : !pool.equals(known);
    if (!changes || (!over && known == null && pools.size() >= MOST_POOLS)) {
      return null;
    }
    if (known != null) {
      pools.remove(pool.prefix());
      bytes -= RecordFormat.size(known);
    }
    if (!over) {
      pools.put(pool.prefix(), pool);
      bytes += RecordFormat.size(pool);
    }
    return new Pool(pool, over);
  }

  /** Whether there is room for one more pool. */
  boolean hasRoomForPool() {
    return pools.size() < MOST_POOLS;
  }

  List<KnownPool> pools() {
    return List.copyOf(pools.values());
  }

  /** Whether there is room for an entry of {@code fake}. */
  boolean hasRoom(IpAddress fake) {
    return held.size() < mostEntries || held.containsKey(fake);
  }

  /** A mapping became live. Null: the file says so already. */
  @Nullable JournalRecord live(IpAddress fake, JournalEntry live) {
    Held old = held.get(fake);
    boolean same = old != null && old.entry.isOf(live.real(), live.route());
    List<DomainName> fresh = new ArrayList<>(live.names());
    if (same && old != null) {
      fresh.removeAll(old.entry.names());
      if (!old.entry.isResting()) {
        return addNames(fake, old, fresh);
      }
    }
    Known known =
        new Known(
            fake, new JournalEntry(live.real(), live.route(), newest(fresh), JournalEntry.LIVE));
    put(known, 0);
    return known;
  }

  /** One more name led to a fake; of no use when it stands for something else by now. */
  @Nullable JournalRecord named(IpAddress fake, IpAddress real, String route, DomainName name) {
    Held old = held.get(fake);
    if (old == null || !old.entry.isOf(real, route) || old.entry.names().contains(name)) {
      return null;
    }
    return addNames(fake, old, List.of(name));
  }

  private @Nullable JournalRecord addNames(IpAddress fake, Held old, List<DomainName> fresh) {
    if (fresh.isEmpty()) {
      return null;
    }
    JournalEntry entry = old.entry;
    Known known =
        new Known(
            fake,
            new JournalEntry(
                entry.real(), entry.route(), newest(fresh), entry.restingSinceMillis()));
    if (old.nameRecords >= MOST_NAME_RECORDS) {
      put(known, old.nameRecords);
      holdingNamesBack = true;
      return null;
    }
    put(known, old.nameRecords + 1);
    return known;
  }

  JournalRecord retire(Retirement retirement, long nowMillis) {
    JournalEntry entry =
        new JournalEntry(retirement.real(), retirement.route(), List.of(), nowMillis);
    Known known = new Known(retirement.fake(), entry);
    Held old = held.get(retirement.fake());
    put(known, old == null ? 0 : old.nameRecords);
    return known;
  }

  /** Null: the file knows nothing of them. */
  @Nullable JournalRecord free(List<IpAddress> fakes) {
    List<IpAddress> known = fakes.stream().filter(held::containsKey).distinct().toList();
    known.forEach(this::remove);
    return known.isEmpty() ? null : new Freed(known);
  }

  /** Moves all rests along with the wall clock. Null: nothing rests. */
  @Nullable JournalRecord stepClock(long millis) {
    if (resting == 0) {
      return null;
    }
    held.replaceAll((fake, each) -> each.entry.isResting() ? moved(each, millis) : each);
    return new ClockStep(millis);
  }

  private static Held moved(Held each, long millis) {
    JournalEntry entry = each.entry;
    // A sum that happens to be LIVE would end the rest.
    long since = Math.max(JournalEntry.LIVE + 1, entry.restingSinceMillis() + millis);
    return new Held(
        new JournalEntry(entry.real(), entry.route(), entry.names(), since), each.nameRecords);
  }

  private void put(Known known, int nameRecords) {
    if (!hasRoom(known.fake())) {
      return;
    }
    JournalEntry entry = known.entry();
    Held old = remove(known.fake());
    List<DomainName> names = entry.names();
    if (old != null && old.entry.isOf(entry.real(), entry.route())) {
      names = new ArrayList<>(old.entry.names());
      names.removeAll(entry.names());
      names.addAll(entry.names());
    }
    // One string for each route, however many records were read.
    String route = routes.computeIfAbsent(entry.route(), same -> same);
    JournalEntry whole =
        new JournalEntry(entry.real(), route, newest(names), entry.restingSinceMillis());
    held.put(known.fake(), new Held(whole, nameRecords));
    bytes += RecordFormat.size(new Known(known.fake(), whole));
    resting += whole.isResting() ? 1 : 0;
  }

  private @Nullable Held remove(IpAddress fake) {
    Held old = held.remove(fake);
    if (old != null) {
      bytes -= RecordFormat.size(new Known(fake, old.entry));
      resting -= old.entry.isResting() ? 1 : 0;
    }
    return old;
  }

  private static List<DomainName> newest(List<DomainName> names) {
    if (names.size() <= MOST_NAMES) {
      return names;
    }
    List<DomainName> kept = new ArrayList<>(names.subList(names.size() - MOST_NAMES, names.size()));
    // The one that the fake is for, where names are keys.
    kept.set(0, names.get(0));
    return kept;
  }

  /** One record for each pool and for each fake, which together say all. */
  Iterator<JournalRecord> records() {
    Stream<JournalRecord> ofPools = pools.values().stream().map(pool -> new Pool(pool, false));
    Stream<JournalRecord> fakes =
        held.entrySet().stream().map(each -> new Known(each.getKey(), each.getValue().entry));
    return Stream.concat(ofPools, fakes).iterator();
  }

  /** The file was written anew from this picture. */
  void onRewritten() {
    holdingNamesBack = false;
    held.replaceAll((fake, each) -> each.nameRecords == 0 ? each : new Held(each.entry, 0));
  }

  /** Whether the file lacks names that the picture has. */
  boolean isHoldingNamesBack() {
    return holdingNamesBack;
  }

  boolean hasResting() {
    return resting > 0;
  }

  /** Length of a file that says all this and nothing twice. */
  long fileBytes() {
    return RecordFormat.FILE_HEADER + bytes;
  }

  Map<IpAddress, JournalEntry> entries() {
    Map<IpAddress, JournalEntry> entries = new HashMap<>();
    held.forEach((fake, each) -> entries.put(fake, each.entry));
    return entries;
  }
}
