package io.dotp.e2e;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Named counters that cross a process boundary as one line of {@code key=value}. Thread: any. */
final class Tally {
  private final Map<String, AtomicLong> counts = new ConcurrentSkipListMap<>();

  void count(String key) {
    counts.computeIfAbsent(key, any -> new AtomicLong()).incrementAndGet();
  }

  long of(String key) {
    AtomicLong count = counts.get(key);
    return count == null ? 0 : count.get();
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    counts.forEach((key, count) -> line.append(key).append('=').append(count).append(' '));
    return line.toString().trim();
  }

  static Tally parse(String line) {
    Tally tally = new Tally();
    Matcher pair = Pattern.compile("(\\S+)=(\\d+)").matcher(line);
    while (pair.find()) {
      tally.counts.put(pair.group(1), new AtomicLong(Long.parseLong(pair.group(2))));
    }
    return tally;
  }

  /** All counters. */
  Map<String, Long> all() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((key, count) -> all.put(key, count.get()));
    return all;
  }
}
