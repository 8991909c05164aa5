package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.AcquireResult.Cause;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What many clients have seen, and which addresses are wanted at the moment. Thread: any. */
final class ChurnTally {
  /** What a client may rely on after it has asked. */
  static final long TTL_NANOS = 1_000_000_000L;

  static final long LATE_NANOS = TTL_NANOS * 6 / 10;

  /** Longer than a lease with all that comes after it. */
  static final long SILENCE_NANOS = 5_000_000_000L;

  /** A few more than there are fakes. */
  private static final int WANTED_AT_ONCE = 15;

  /** How long until one of those wanted gives way to the next. */
  private static final long SHIFT_NANOS = 150_000_000L;

  private static final int MOST_TOLD = 20;

  /** A bound for a machine that never gets there; what is missing then is found by the test. */
  private static final long LONGEST_NANOS = 600_000_000_000L;

  private final Predicate<ChurnTally> enough;
  private final List<IpAddress> reals;
  private final long begunNanos = System.nanoTime();
  private final Map<IpAddress, Owner> owners = new ConcurrentHashMap<>();

  final LongAdder acquisitions = new LongAdder();
  final LongAdder mapped = new LongAdder();
  final LongAdder repoints = new LongAdder();
  final LongAdder connections = new LongAdder();
  final LongAdder wrong = new LongAdder();
  final LongAdder lost = new LongAdder();
  final LongAdder tooLate = new LongAdder();
  final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
  final Queue<String> faults = new ConcurrentLinkedQueue<>();

  /** Whom a fake was for when it was told last. */
  private record Owner(IpAddress real, long askedNanos) {}

  /**
   * @param enough whether everything has happened that the test is about
   */
  ChurnTally(Predicate<ChurnTally> enough, List<IpAddress> reals) {
    this.enough = enough;
    this.reals = List.copyOf(reals);
  }

  boolean goesOn() {
    boolean inTime = System.nanoTime() - begunNanos < LONGEST_NANOS;
    return wrong.sum() == 0 && inTime && !enough.test(this);
  }

  /** An address that is popular just now. */
  IpAddress wanted(Random random) {
    acquisitions.increment();
    long first = (System.nanoTime() - begunNanos) / SHIFT_NANOS;
    return reals.get((int) ((first + random.nextInt(WANTED_AT_ONCE)) % reals.size()));
  }

  void refused(Cause cause) {
    refusals.computeIfAbsent(cause.name(), key -> new LongAdder()).increment();
  }

  void told(IpAddress fake, IpAddress real, IpAddress wanted, long askedNanos) {
    mapped.increment();
    if (!real.equals(wanted)) {
      wrong(fake + " was told for " + wanted + " and is for " + real);
    }
    owners.merge(
        fake,
        new Owner(real, askedNanos),
        (before, now) -> {
          if (!before.real().equals(now.real())) {
            repoints.increment();
            if (now.askedNanos() - before.askedNanos() < 0) {
              wrong(fake + " changed hands while two clients were told");
            }
          }
          return now.askedNanos() - before.askedNanos() > 0 ? now : before;
        });
  }

  void reached(ChurnClient.Way way, IpAddress real, String said) {
    connections.increment();
    if (!said.equals(real.toString())) {
      wrong(way + ": wanted " + real + ", reached " + said);
    }
  }

  private void wrong(String what) {
    wrong.increment();
    note(what);
  }

  /** Only who was in time has a right to be served. */
  void failed(ChurnClient.Way way, IpAddress fake, long askedNanos, IOException e) {
    long after = System.nanoTime() - askedNanos;
    if (after < TTL_NANOS) {
      lost.increment();
      note(way + " " + fake + " after " + after / 1_000_000 + " ms: " + e);
    } else {
      tooLate.increment();
      refusals.computeIfAbsent(way + " " + e.getMessage(), key -> new LongAdder()).increment();
    }
  }

  /** A connection that was open did not survive. */
  void broken(IpAddress fake, IOException e) {
    lost.increment();
    note("an open connection to " + fake + " broke: " + e);
  }

  private void note(@Nullable String what) {
    if (faults.size() < MOST_TOLD) {
      faults.add("" + what);
    }
  }

  @Override
  public String toString() {
    return Stream.of(
            "acquisitions=" + acquisitions,
            "mapped=" + mapped,
            "re-points=" + repoints,
            "connections=" + connections,
            "wrong=" + wrong,
            "lost=" + lost,
            "too late=" + tooLate,
            "refusals=" + refusals)
        .reduce((a, b) -> a + " " + b)
        .orElse("");
  }
}
