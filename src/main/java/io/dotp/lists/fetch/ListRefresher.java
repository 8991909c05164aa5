package io.dotp.lists.fetch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the copies of all lists that have a URL: asks for each from time to time, and at once when
 * told. Who uses a list reads its file, {@link StoredList#file}, and sees when it changes.
 *
 * <p>Thread: the one of the fetcher's {@code files}; {@link #copies} is for any.
 */
public final class ListRefresher {
  private static final Logger LOG = LoggerFactory.getLogger(ListRefresher.class);

  /** Downloads at the same time; the others wait their turn. */
  private static final int MOST_AT_ONCE = 2;

  private final Path directory;
  private final ListFetcher fetcher;
  private final Clocks clocks;
  private final RandomGenerator random;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Names of the lists that are on their way: two downloads of one would write the same file. */
  private final Set<String> running = new HashSet<>();

  private volatile Map<String, Copy> copies = Map.of();

  /**
   * A list with a URL.
   *
   * @param name see {@link StoredList#isName}
   * @param interval between two questions for it, a minute or more
   * @param judge says what is wrong with a file as this list, null when it is fit for use
   */
  public record Source(
      String name, ListUrl url, Duration interval, Function<Path, @Nullable String> judge) {}

  /**
   * How the copy of a list is.
   *
   * @param fetchedAt when the source last gave or confirmed it, seconds since 1970; 0 for never
   * @param failure why it is not the newest, empty when it is
   */
  public record Copy(long fetchedAt, String failure) {}

  /**
   * Two clocks.
   *
   * @param nanos monotonic, compared by subtraction
   * @param epochSeconds since 1970
   */
  public record Clocks(LongSupplier nanos, LongSupplier epochSeconds) {}

  /** A source and what is known of it. */
  private static final class Entry {
    final Source source;
    final StoredList stored;
    long due;
    int failures;
    String failure = "";

    /** Ends with the next fetch, for whoever has asked for one; null for nobody. */
    @Nullable CompletableFuture<@Nullable Void> asked;

    Entry(Source source, StoredList stored, long due) {
      this.source = source;
      this.stored = stored;
      this.due = due;
    }
  }

  /**
   * @param directory of the copies
   * @param random spreads the times
   */
  public ListRefresher(Path directory, ListFetcher fetcher, Clocks clocks, RandomGenerator random) {
    this.directory = directory;
    this.fetcher = fetcher;
    this.clocks = clocks;
    this.random = random;
  }

  /** These from now on. What is known of a list stays while its URL does. */
  public void sources(List<Source> wanted) {
    Map<String, Entry> before = new HashMap<>(entries);
    entries.clear();
    for (Source source : wanted) {
      Entry old = before.get(source.name());
      StoredList stored = old == null ? new StoredList(directory, source.name()) : old.stored;
      Entry entry = new Entry(source, stored, firstDue(source, stored));
      if (old != null) {
        entry.asked = old.asked;
      }
      if (old != null && old.source.url().equals(source.url())) {
        entry.failures = old.failures;
        entry.failure = old.failure;
        entry.due = old.source.interval().equals(source.interval()) ? old.due : entry.due;
      }
      entries.put(source.name(), entry);
    }
    before.keySet().removeAll(entries.keySet());
    before.values().forEach(ListRefresher::answer);
    publish();
  }

  private long firstDue(Source source, StoredList stored) {
    StoredList.Origin origin = stored.origin();
    long left =
        origin.url().equals(source.url().toString())
            ? RefreshTimes.leftMillis(
                source.interval(), clocks.epochSeconds().getAsLong() - origin.fetchedAt())
            : 0;
    return clocks.nanos().getAsLong() + TimeUnit.MILLISECONDS.toNanos(left);
  }

  /** Asks for those whose time has come; to be called every few seconds. */
  public void check() {
    long now = clocks.nanos().getAsLong();
    for (Entry entry : List.copyOf(entries.values())) {
      boolean wanted = entry.asked != null || entry.due - now <= 0;
      if (wanted && !running.contains(entry.source.name()) && running.size() < MOST_AT_ONCE) {
        start(entry);
      }
    }
  }

  /**
   * Asks now, or as soon as others have ended.
   *
   * @param name empty for all
   * @return ends when the last of them has ended; null when there is no such list
   */
  public @Nullable CompletionStage<@Nullable Void> refresh(String name) {
    List<CompletableFuture<@Nullable Void>> asked = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (name.isEmpty() || name.equals(entry.source.name())) {
        CompletableFuture<@Nullable Void> waiting = entry.asked;
        if (waiting == null) {
          waiting = new CompletableFuture<>();
          entry.asked = waiting;
        }
        asked.add(waiting);
      }
    }
    check();
    return asked.isEmpty() && !name.isEmpty()
        ? null
        : CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]));
  }

  /** By the names of the lists. Thread: any. */
  public Map<String, Copy> copies() {
    return copies;
  }

  private void start(Entry entry) {
    Source source = entry.source;
    running.add(source.name());
    fetcher
        .fetch(source.url(), entry.stored, source.judge())
        .whenComplete(
            (result, bug) ->
                ended(
                    source,
                    bug == null ? result : new FetchResult.Failed("this is a bug: " + bug)));
  }

  private void ended(Source source, FetchResult result) {
    running.remove(source.name());
    Entry entry = entries.get(source.name());
    // Else a reload has taken it away meanwhile, or changed the URL, and the new one is due.
    if (entry != null && entry.source.url().equals(source.url())) {
      note(entry, result);
      answer(entry);
    }
    check();
  }

  private static void answer(Entry entry) {
    CompletableFuture<@Nullable Void> asked = entry.asked;
    entry.asked = null;
    if (asked != null) {
      asked.complete(null);
    }
  }

  private void note(Entry entry, FetchResult result) {
    Source source = entry.source;
    entry.failure = result.failure();
    if (entry.failure.isEmpty()) {
      entry.failures = 0;
    } else if (entry.due - clocks.nanos().getAsLong() <= 0 || entry.failures == 0) {
      // Who asks again and again by hand does not make us wait longer.
      entry.failures++;
    }
    long wait = RefreshTimes.nextMillis(entry.source.interval(), entry.failures, random);
    entry.due = clocks.nanos().getAsLong() + TimeUnit.MILLISECONDS.toNanos(wait);
    if (result instanceof FetchResult.Replaced replaced) {
      LOG.info("list was fetched name={} bytes={}", source.name(), replaced.bytes());
    } else if (result instanceof FetchResult.Unchanged) {
      LOG.debug("list has not changed name={}", source.name());
    } else {
      LOG.warn(
          "list could not be fetched, the last good copy stays name={} reason=\"{}\" next-try={}s",
          source.name(),
          entry.failure,
          wait / 1000);
    }
    publish();
  }

  private void publish() {
    Map<String, Copy> now = new HashMap<>();
    for (Entry entry : entries.values()) {
      now.put(entry.source.name(), new Copy(entry.stored.origin().fetchedAt(), entry.failure));
    }
    copies = Map.copyOf(now);
  }
}
