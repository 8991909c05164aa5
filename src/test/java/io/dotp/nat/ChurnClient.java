package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.mapping.Mapping;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Acquires fakes again and again and goes where they lead, in one of several ways. */
final class ChurnClient {
  private static final int MILLIS = 3_000;
  private static final int MOST_LATER = 200;
  private static final int MOST_KEPT = 2;
  private static final int FIRST_PORT = 20_000;

  private final ChurnTally tally;
  private final LiveNat nat;
  private final Way way;
  private final int number;
  private final Random random;
  private final Queue<Told> later = new ArrayDeque<>();
  private final Queue<Kept> kept = new ArrayDeque<>();

  enum Way {
    AT_ONCE,
    LATE,
    /** Connections are silent beyond the end of the lease, then speak again. */
    KEPT,
    /** Datagrams, always from the same port. */
    SAME_PORT
  }

  /** What an answer said, and when it was asked for. */
  private record Told(IpAddress fake, IpAddress real, long atNanos) {}

  private record Kept(Talk talk, Told told, long speakNanos) {}

  ChurnClient(ChurnTally tally, LiveNat nat, Way way, int number) {
    this.tally = tally;
    this.nat = nat;
    this.way = way;
    this.number = number;
    random = new Random(number);
  }

  /** Until enough was acquired. Thread: one that has entered the client. */
  void run() {
    while (tally.goesOn()) {
      acquire();
      goLate(System.nanoTime());
      speakAgain(System.nanoTime());
    }
    for (Kept each : kept) {
      speak(each);
    }
  }

  private void acquire() {
    long asked = System.nanoTime();
    IpAddress real = tally.wanted(random);
    AcquireResult.Outcome outcome = nat.acquire(List.of(real)).get(0);
    if (!(outcome instanceof Mapped mapped)) {
      tally.refused(((AcquireResult.Refused) outcome).cause());
      // A client that is told SERVFAIL waits a little.
      LockSupport.parkNanos(this, 2_000_000);
      return;
    }
    Mapping mapping = mapped.mapping();
    Told told = new Told(mapping.fake(), mapping.real(), asked);
    tally.told(told.fake(), told.real(), real, asked);
    switch (way) {
      case AT_ONCE -> go(told);
      case LATE -> {
        if (later.size() < MOST_LATER) {
          later.add(told);
        }
      }
      case KEPT -> {
        if (kept.size() < MOST_KEPT) {
          open(told);
        } else {
          LockSupport.parkNanos(this, 1_000_000);
        }
      }
      case SAME_PORT -> send(told);
    }
  }

  private void go(Told told) {
    // Resets and orderly ends leave different traces in connection tracking.
    try (Talk talk = Talk.stream(told.fake(), MILLIS, random.nextInt(10) != 0)) {
      tally.reached(way, told.real(), talk.ask());
    } catch (IOException e) {
      tally.failed(way, told.fake(), told.atNanos(), e);
    }
  }

  private void goLate(long now) {
    Told next = later.peek();
    while (next != null && now - next.atNanos() > ChurnTally.LATE_NANOS) {
      go(later.remove());
      next = later.peek();
    }
  }

  private void open(Told told) {
    try {
      Talk talk = Talk.stream(told.fake(), MILLIS, false);
      tally.reached(way, told.real(), talk.ask());
      long silence = ChurnTally.SILENCE_NANOS / 2 + random.nextLong(ChurnTally.SILENCE_NANOS);
      kept.add(new Kept(talk, told, System.nanoTime() + silence));
    } catch (IOException e) {
      tally.failed(way, told.fake(), told.atNanos(), e);
    }
  }

  private void speakAgain(long now) {
    kept.removeIf(
        each -> {
          boolean due = now - each.speakNanos() >= 0;
          if (due) {
            speak(each);
          }
          return due;
        });
  }

  private void speak(Kept each) {
    try (Talk talk = each.talk()) {
      tally.reached(way, each.told().real(), talk.ask());
    } catch (IOException e) {
      tally.broken(each.told().fake(), e);
    }
  }

  private void send(Told told) {
    try (Talk talk = Talk.datagrams(told.fake(), MILLIS, FIRST_PORT + number)) {
      tally.reached(way, told.real(), talk.ask());
    } catch (IOException e) {
      tally.failed(way, told.fake(), told.atNanos(), e);
    }
  }
}
