package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import io.dotp.metrics.JournalMetrics;
import io.dotp.name.DomainName;
import io.dotp.nat.journal.JournalOrder.Adopted;
import io.dotp.nat.journal.JournalOrder.Free;
import io.dotp.nat.journal.JournalOrder.Live;
import io.dotp.nat.journal.JournalOrder.Named;
import io.dotp.nat.journal.JournalOrder.Pool;
import io.dotp.nat.journal.JournalOrder.Retire;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of mappings: says after a crash which names led to a fake and since when it rests.
 *
 * <p>Everybody queues, one thread writes. The queue is bounded, and nothing here ever waits for a
 * disk except {@link #open} and {@link #close}. A disk that is full or read-only costs what the
 * journal is for and nothing else; the file is written anew by itself once that is possible.
 */
public final class MappingJournal implements Journal {
  private static final Logger LOG = LoggerFactory.getLogger(MappingJournal.class);

  /** Fakes that may wait to be noted; beyond it names are dropped. */
  static final int MOST_NAMED = 32_768;

  /** The same for rests, which queries must not crowd out. */
  static final int MOST_RESTING = 131_072;

  /** Fakes in one round of the thread, and so in about one write. */
  private static final int ROUND = 4096;

  /**
   * After a write others gather for so long: under load a wake-up and a write for each mapping
   * would cost more than all the rest of the journal.
   */
  private static final long GATHER_NANOS = 5_000_000;

  /** A disk that hangs must not keep the program from ending. */
  private static final long CLOSE_MILLIS = 5000;

  private final JournalWriter writer;
  private final JournalMetrics metrics;
  private final JournalQueue queue = new JournalQueue();
  private final Thread thread = new Thread(this::run, "dotp-journal");
  private volatile JournalContents contents;
  private volatile Runnable wake = () -> {};

  /** Of the last order that was queued. Thread: nat. */
  private long lastTicket;

  /** All orders up to this one are written or given up. */
  private volatile long settledTicket;

  private MappingJournal(JournalWriter writer, JournalContents contents, JournalMetrics metrics) {
    this.writer = writer;
    this.contents = contents;
    this.metrics = metrics;
    thread.setDaemon(true);
  }

  /**
   * Reads what an earlier run wrote, begins a fresh file with it and starts the thread. Never
   * fails: a torn or damaged end is left out with a warning, and what cannot be read or written is
   * done without, loudly. Thread: main.
   *
   * @param file may not exist yet; its directory must, and be this process's own
   * @param wallMillis {@code System.currentTimeMillis}; used for nothing but the age of rests
   * @param nanoClock {@code System.nanoTime}
   */
  public static MappingJournal open(
      Path file, LongSupplier wallMillis, LongSupplier nanoClock, JournalMetrics metrics) {
    return open(file, JournalFile.Opener.REAL, wallMillis, nanoClock, metrics);
  }

  static MappingJournal open(
      Path file,
      JournalFile.Opener opener,
      LongSupplier wallMillis,
      LongSupplier nanoClock,
      JournalMetrics metrics) {
    JournalReader.Outcome read = JournalReader.read(file);
    report(file, read);
    metrics.ignoredBytes.add(read.ignoredBytes());
    JournalContents contents =
        new JournalContents(
            read.picture().entries(),
            read.picture().pools(),
            read.picture().isStale(),
            read.ignoredBytes(),
            wallMillis.getAsLong());
    JournalWriter writer =
        new JournalWriter(
            new JournalFile(file, opener), read.picture(), wallMillis, nanoClock, metrics);
    writer.start();
    MappingJournal journal = new MappingJournal(writer, contents, metrics);
    journal.thread.start();
    return journal;
  }

  private static void report(Path file, JournalReader.Outcome read) {
    if (read.problem() != null) {
      LOG.warn(
          "journal of mappings cannot be read file={} error={}; names and rests of an earlier run"
              + " are lost from offset={} on",
          file,
          JournalAlarm.reason(read.problem()),
          read.soundBytes());
    } else if (read.ignoredBytes() > 0) {
      LOG.warn(
          "journal of mappings has a torn or damaged end file={} offset={} ignored_bytes={};"
              + " expected after a power failure",
          file,
          read.soundBytes(),
          read.ignoredBytes());
    }
    if (read.picture().isStale()) {
      LOG.warn(
          "journal of mappings is stale, the disk failed an earlier run file={}; fakes that the"
              + " kernel does not have rest",
          file);
    }
  }

  /** What an earlier run left behind; nothing after {@link #forgetContents}. Thread: any. */
  @Override
  public JournalContents contents() {
    return contents;
  }

  /** Frees the memory of {@link #contents} once the start is done. Thread: any. */
  @Override
  public void forgetContents() {
    if (contents.stale()) {
      drop(!queue.offer(new Adopted(), MOST_RESTING), 1);
    }
    contents = JournalContents.NOTHING;
  }

  /**
   * Notes that a mapping became live, anew or again. Costs a record only if the journal does not
   * know all of it; a full queue drops it, counted. Thread: nat, so that it stays in order with
   * {@link #retiring}.
   *
   * @param route name of the route, at most 1,024 characters
   * @param names that led here; of more than 8 the first and the newest 7 are kept
   */
  @Override
  public void live(IpAddress fake, IpAddress real, String route, List<DomainName> names) {
    JournalEntry entry = new JournalEntry(real, route, names, JournalEntry.LIVE);
    drop(!queue.offer(new Live(fake, entry), MOST_NAMED), 1);
  }

  /**
   * Notes that one more name led to a fake, live or not. Without effect when the journal has
   * another pair for the fake by then. A full queue drops it, counted. Thread: any.
   */
  @Override
  public void named(IpAddress fake, IpAddress real, String route, DomainName name) {
    drop(!queue.offer(new Named(fake, real, route, name), MOST_NAMED), 1);
  }

  /**
   * Notes that mappings are about to be taken from the kernel, and that their fakes rest from now
   * on. Noting the same again moves the beginning of the rest. Thread: nat.
   *
   * @return a ticket for {@link #isWritten}
   */
  @Override
  public long retiring(List<Retirement> batch) {
    if (batch.isEmpty()) {
      return lastTicket;
    }
    long ticket = lastTicket + 1;
    if (queue.offer(new Retire(ticket, List.copyOf(batch)), MOST_RESTING)) {
      lastTicket = ticket;
    } else {
      drop(true, batch.size());
      metrics.unwrittenRetirements.add(batch.size());
    }
    return lastTicket;
  }

  /**
   * Whether write(2) has returned for everything that was queued up to the ticket, so that a kill
   * of this process cannot undo it; a power failure may, as nothing is synced yet. Also true when
   * the journal has given up on it (dropped, disk full, closed), which is counted: nobody waits for
   * ever. Thread: any.
   */
  @Override
  public boolean isWritten(long ticket) {
    return settledTicket >= ticket;
  }

  /**
   * Sets what is run on the journal's thread each time that retirements are settled, after {@link
   * #isWritten} says so. It must neither wait nor throw. Thread: any.
   */
  @Override
  public void onWritten(Runnable newWake) {
    wake = newWake;
  }

  /**
   * Forgets fakes that no longer rest and may stand for another address. A full queue drops it,
   * counted: they then seem to rest until they become live. Thread: nat.
   */
  @Override
  public void freed(List<IpAddress> fakes) {
    if (!fakes.isEmpty()) {
      drop(!queue.offer(new Free(List.copyOf(fakes)), MOST_RESTING), fakes.size());
    }
  }

  /** {@inheritDoc} A full queue drops it, counted. */
  @Override
  public void pool(KnownPool pool, boolean over) {
    drop(!queue.offer(new Pool(pool, over), MOST_RESTING), 1);
  }

  private void drop(boolean dropped, int changes) {
    if (dropped) {
      metrics.dropped.add(changes);
    }
  }

  private void run() {
    try {
      while (!queue.isClosed() || !queue.isEmpty()) {
        round();
      }
      writer.close();
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("the journal of mappings ends with a bug", e);
    } finally {
      settle(Long.MAX_VALUE);
    }
  }

  /** One write for all that has queued meanwhile; the waiting hear of it before anything else. */
  private void round() {
    List<JournalOrder> orders = queue.take(ROUND);
    try {
      if (!orders.isEmpty()) {
        writer.take(orders);
        settle(orders);
      }
      writer.tend();
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug in the journal of mappings orders={}", orders.size(), e);
      writer.distrust();
      settle(orders);
    }
    if (!orders.isEmpty() && !queue.isClosed()) {
      LockSupport.parkNanos(this, GATHER_NANOS);
    }
    if (queue.isEmpty()) {
      queue.await(writer.nanosToNextWork());
    }
  }

  private void settle(List<JournalOrder> orders) {
    long ticket = 0;
    for (JournalOrder order : orders) {
      if (order instanceof Retire retire) {
        ticket = retire.ticket();
      }
    }
    if (ticket != 0) {
      settle(ticket);
    }
  }

  private void settle(long ticket) {
    settledTicket = ticket;
    try {
      wake.run();
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug in whoever waits for the journal of mappings", e);
    }
  }

  /**
   * Writes what has queued, syncs and ends the thread; waits 5 s for that at most. Thread: main,
   * when nothing is queued any more.
   */
  @Override
  public void close() {
    queue.close();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn(
          "journal of mappings is not written within seconds={}; the disk hangs or is slow",
          TimeUnit.MILLISECONDS.toSeconds(CLOSE_MILLIS));
    }
  }
}
