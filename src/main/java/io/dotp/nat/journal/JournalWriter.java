package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import io.dotp.metrics.JournalMetrics;
import io.dotp.nat.journal.JournalOrder.Adopted;
import io.dotp.nat.journal.JournalOrder.Free;
import io.dotp.nat.journal.JournalOrder.Live;
import io.dotp.nat.journal.JournalOrder.Named;
import io.dotp.nat.journal.JournalOrder.Pool;
import io.dotp.nat.journal.JournalOrder.Retire;
import io.dotp.nat.journal.JournalRecord.ClockStep;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the file in step with the picture. Thread: journal.
 *
 * <p>The picture is always whole. While the file takes what is written, records are appended to it,
 * one write for all that queued meanwhile. Once it refuses, it is <em>behind</em>: nothing more is
 * appended, because a later record makes no sense without an earlier one, and every few seconds the
 * whole picture is tried anew in a fresh file.
 */
final class JournalWriter {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);

  /** A file below this length is not worth being written anew. */
  static final long SMALLEST_COMPACTION = 1 << 20;

  /** How much longer than needed the file may grow. */
  private static final int COMPACTION_FACTOR = 4;

  private static final long SECOND = 1_000_000_000L;

  /** Pause between attempts to write the file anew. */
  static final long RETRY_NANOS = 5 * SECOND;

  /** Without orders for so long, what was written is synced. */
  static final long REST_NANOS = 2 * SECOND;

  /** What was written is synced after this time though orders keep coming. */
  static final long LATEST_SYNC_NANOS = 30 * SECOND;

  /** How often the wall clock is looked at while fakes rest. */
  static final long CLOCK_CHECK_NANOS = 5 * SECOND;

  /** Beyond this the wall clock was set, not trimmed. */
  private static final long CLOCK_STEP_MILLIS = 1000;

  private static final int BUFFER = 256 * 1024;

  private final JournalFile file;
  private final JournalPicture picture;
  private final LongSupplier wallMillis;
  private final LongSupplier nanoClock;
  private final JournalMetrics metrics;
  private final JournalAlarm alarm;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private int buffered;

  private boolean behind = true;

  /** Whether the file says that it is behind. */
  private boolean marked;

  private boolean closed;

  /** No attempt to write the file anew before this: the last one failed. */
  private long nextRewriteNanos;

  /** Whether something was written and not synced; since when, and when last. */
  private boolean unsynced;

  private long firstUnsyncedNanos;
  private long lastAppendNanos;

  /** Wall clock less the other one, in milliseconds, as it was before a step. */
  private long clockOffsetMillis;

  JournalWriter(
      JournalFile file,
      JournalPicture picture,
      LongSupplier wallMillis,
      LongSupplier nanoClock,
      JournalMetrics metrics) {
    this.file = file;
    this.picture = picture;
    this.wallMillis = wallMillis;
    this.nanoClock = nanoClock;
    this.metrics = metrics;
    alarm = new JournalAlarm(file.path(), metrics);
    clockOffsetMillis = wallMillis.getAsLong() - nanoClock.getAsLong() / 1_000_000;
    nextRewriteNanos = nanoClock.getAsLong();
  }

  /** Begins a file of this run's own. Thread: main. */
  void start() {
    rewrite(nanoClock.getAsLong());
  }

  /** Notes the orders and writes them, if they can be written. */
  void take(List<JournalOrder> orders) {
    noteClock();
    long nowMillis = wallMillis.getAsLong();
    for (JournalOrder order : orders) {
      note(order, nowMillis);
    }
    flush();
    for (JournalOrder order : orders) {
      if (behind && order instanceof Retire retire) {
        metrics.unwrittenRetirements.add(retire.batch().size());
      }
    }
  }

  private void note(JournalOrder order, long nowMillis) {
    if (order instanceof Live live) {
      if (hasRoom(live.fake())) {
        put(picture.live(live.fake(), live.entry()));
      }
    } else if (order instanceof Named named) {
      put(picture.named(named.fake(), named.real(), named.route(), named.name()));
    } else if (order instanceof Retire retire) {
      for (Retirement each : retire.batch()) {
        if (hasRoom(each.fake())) {
          put(picture.retire(each, nowMillis));
        }
      }
    } else if (order instanceof Pool known) {
      if (!known.over() && !picture.hasRoomForPool()) {
        metrics.dropped.increment();
      }
      put(picture.pool(known.pool(), known.over()));
    } else if (order instanceof Adopted) {
      picture.stale(false);
      clearBuffer();
      behind = true;
      nextRewriteNanos = nanoClock.getAsLong();
    } else if (order instanceof Free free) {
      List<IpAddress> fakes = free.fakes();
      for (int i = 0; i < fakes.size(); i += RecordFormat.MOST_FREED) {
        put(picture.free(fakes.subList(i, Math.min(fakes.size(), i + RecordFormat.MOST_FREED))));
      }
    }
  }

  private boolean hasRoom(IpAddress fake) {
    boolean room = picture.hasRoom(fake);
    if (!room) {
      metrics.dropped.increment();
    }
    return room;
  }

  /**
   * A step of the wall clock, found by comparing it with one that never steps, must neither end
   * rests early nor make them last for years. A suspended machine looks the same and is treated the
   * same: time that nobody lived through is no rest.
   */
  private void noteClock() {
    long offset = wallMillis.getAsLong() - nanoClock.getAsLong() / 1_000_000;
    long step = offset - clockOffsetMillis;
    if (step <= CLOCK_STEP_MILLIS && step >= -CLOCK_STEP_MILLIS) {
      return;
    }
    clockOffsetMillis = offset;
    JournalRecord record = picture.stepClock(step);
    if (record instanceof ClockStep) {
      metrics.clockSteps.increment();
    }
    put(record);
  }

  private void put(@Nullable JournalRecord record) {
    if (record == null || behind) {
      return;
    }
    if (buffer.remaining() < RecordFormat.MOST_BYTES) {
      flush();
      if (behind) {
        return;
      }
    }
    RecordFormat.append(record, buffer);
    buffered++;
  }

  private void flush() {
    long now = nanoClock.getAsLong();
    if (behind) {
      // A part of the picture's changes may be in the buffer; the fresh file has them all.
      clearBuffer();
      if (now - nextRewriteNanos >= 0) {
        rewrite(now);
      }
      return;
    }
    if (buffered == 0) {
      return;
    }
    IOException problem = file.append(buffer.flip());
    if (problem == null) {
      metrics.written.add(buffered);
      clearBuffer();
      onAppended(now);
      return;
    }
    clearBuffer();
    behind = true;
    alarm.failed("written", problem, now);
    rewrite(now);
  }

  private void clearBuffer() {
    buffer.clear();
    buffered = 0;
  }

  private void onAppended(long now) {
    if (!unsynced) {
      unsynced = true;
      firstUnsyncedNanos = now;
    }
    lastAppendNanos = now;
  }

  /** All that there is to know, in a fresh file. Not to be called with records in the buffer. */
  private void rewrite(long now) {
    IOException problem = file.rewrite(picture);
    if (problem != null) {
      nextRewriteNanos = now + RETRY_NANOS;
      mark();
      alarm.failed("rewritten", problem, now);
      return;
    }
    nextRewriteNanos = now;
    marked = false;
    metrics.compactions.increment();
    picture.onRewritten();
    behind = false;
    unsynced = false;
    alarm.recovered();
  }

  /**
   * What the file says of a fake may by now be true of another pair; who starts with it after a
   * reboot, when no kernel knows better, must not go by it.
   */
  private void mark() {
    if (!marked) {
      IOException problem = file.markStale();
      marked = problem == null;
      if (problem != null) {
        LOG.debug("journal file cannot be marked as stale", problem);
      }
    }
  }

  /** What can be done when the orders are dealt with and nobody waits: shorten, sync, try again. */
  void tend() {
    long now = nanoClock.getAsLong();
    noteClock();
    flush();
    if (!behind && now - nextRewriteNanos >= 0 && isTooLong()) {
      rewrite(now);
    }
    if (unsynced
        && (now - lastAppendNanos >= REST_NANOS || now - firstUnsyncedNanos >= LATEST_SYNC_NANOS)) {
      sync(now);
    }
  }

  /** On a small disk the file is shortened while there still is room for another beside it. */
  private boolean isTooLong() {
    long needed = picture.fileBytes();
    if (file.size() > SMALLEST_COMPACTION && file.size() > COMPACTION_FACTOR * needed) {
      return true;
    }
    return file.size() > 2 * needed + 4096 && file.isTight(COMPACTION_FACTOR * needed + 16 * 1024);
  }

  private void sync(long now) {
    unsynced = false;
    IOException problem = file.force();
    if (problem == null && !file.isInPlace()) {
      problem = new IOException("somebody has removed it");
    }
    if (problem != null) {
      // After a failed sync nobody knows which pages are on the disk.
      behind = true;
      alarm.failed("synced", problem, now);
      rewrite(now);
    }
  }

  /** Nothing is known of the buffer and little of the file: both are made anew. After a bug. */
  void distrust() {
    clearBuffer();
    behind = true;
  }

  /** Whether the file lacks what the picture has. */
  boolean isBehind() {
    return behind;
  }

  /** Time until there can be something to tend to; {@code Long.MAX_VALUE} for never. */
  long nanosToNextWork() {
    long now = nanoClock.getAsLong();
    long nanos = picture.hasResting() ? CLOCK_CHECK_NANOS : Long.MAX_VALUE;
    if (behind) {
      nanos = Math.min(nanos, nextRewriteNanos - now);
    }
    if (unsynced) {
      nanos = Math.min(nanos, lastAppendNanos + REST_NANOS - now);
      nanos = Math.min(nanos, firstUnsyncedNanos + LATEST_SYNC_NANOS - now);
    }
    return Math.max(1_000_000, nanos);
  }

  /** Leaves a whole, synced file behind if at all possible. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    long now = nanoClock.getAsLong();
    noteClock();
    if (!behind) {
      flush();
    }
    if (behind || picture.isHoldingNamesBack()) {
      rewrite(now);
    }
    if (unsynced) {
      sync(now);
    }
    file.close();
  }
}
