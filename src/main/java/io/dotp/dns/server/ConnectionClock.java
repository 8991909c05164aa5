package io.dotp.dns.server;

import io.dotp.metrics.DnsMetrics;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How long one connection may take for what it is about. Thread: its loop. */
final class ConnectionClock {
  /*
   * Four deadlines, any of which closes the connection; they move with every message, so one timer
   * runs to the earliest and looks again. A deadline that moves away costs nothing: the timer is only
   * set anew when a deadline comes before it.
   */
  static final long IDLE_SECONDS = 10;

  /** From the first byte of a message to its last: a client that sends slowly holds a place. */
  static final long MESSAGE_SECONDS = 5;

  /** For the client to take what is written. */
  static final long DRAIN_SECONDS = 30;

  /** For the client to close after us. */
  static final long LINGER_SECONDS = 2;

  private final EventExecutor loop;
  private final Runnable close;
  private final Deadline idle;
  private final Deadline message;
  private final Deadline drain;
  private final Deadline linger;
  private @Nullable ScheduledFuture<?> timer;
  private long timerAt;

  /** A moment that may be unset, and what is counted when it passes. */
  private static final class Deadline {
    private final long afterNanos;
    private final @Nullable LongAdder counter;
    private boolean set;
    private long at;

    private Deadline(long afterSeconds, @Nullable LongAdder counter) {
      this.afterNanos = TimeUnit.SECONDS.toNanos(afterSeconds);
      this.counter = counter;
    }
  }

  /**
   * Begins as idle.
   *
   * @param close called once, when a deadline has passed
   */
  ConnectionClock(EventExecutor loop, Runnable close, DnsMetrics metrics) {
    this.loop = loop;
    this.close = close;
    this.idle = new Deadline(IDLE_SECONDS, metrics.tcpIdleClosed);
    this.message = new Deadline(MESSAGE_SECONDS, metrics.tcpSlowWriters);
    this.drain = new Deadline(DRAIN_SECONDS, metrics.tcpSlowReaders);
    this.linger = new Deadline(LINGER_SECONDS, null);
    start(idle);
  }

  long now() {
    return loop.ticker().nanoTime();
  }

  /** A part of a message is there; the time runs from its first part. */
  void messageBegun() {
    if (!message.set) {
      start(message);
    }
  }

  void messageComplete() {
    message.set = false;
  }

  /** A query is under way; it ends by itself. */
  void busy() {
    idle.set = false;
  }

  /** Nothing is under way and nothing is left to be taken. */
  void idle() {
    start(idle);
  }

  /** An answer is written; the time runs while nothing is taken. */
  void wrote() {
    if (!drain.set) {
      start(drain);
    }
  }

  /**
   * The client has taken an answer.
   *
   * @param all whether none is left
   */
  void drained(boolean all) {
    drain.set = false;
    if (!all) {
      start(drain);
    }
  }

  void linger() {
    start(linger);
  }

  void stop() {
    ScheduledFuture<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }

  private void start(Deadline deadline) {
    deadline.at = now() + deadline.afterNanos;
    deadline.set = true;
    if (timer == null || deadline.at - timerAt < 0) {
      schedule(deadline.at);
    }
  }

  private void schedule(long at) {
    stop();
    timerAt = at;
    timer = loop.schedule(this::look, Math.max(0, at - now()), TimeUnit.NANOSECONDS);
  }

  private void look() {
    timer = null;
    Deadline next = null;
    for (Deadline each : new Deadline[] {idle, message, drain, linger}) {
      if (each.set && (next == null || each.at - next.at < 0)) {
        next = each;
      }
    }
    if (next == null) {
      return;
    }
    if (next.at - now() > 0) {
      schedule(next.at);
      return;
    }
    if (next.counter != null) {
      next.counter.increment();
    }
    close.run();
  }
}
