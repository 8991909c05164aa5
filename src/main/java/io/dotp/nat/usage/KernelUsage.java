package io.dotp.nat.usage;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the kernel on the thread {@code dotp-usage}, one thing at a time and no kind of thing so
 * often that it would burn a core. The lock guards requests and results and is never held while the
 * kernel is read.
 */
public final class KernelUsage implements Usage {
  private static final Logger LOG = LoggerFactory.getLogger(KernelUsage.class);

  /** Fakes of one reading of flows; who asks for more asks again. */
  static final int MOST_ASKED = 65_536;

  private static final long CLOSE_WAIT_MILLIS = 1_000;

  private final Reader reader;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private final Runnable wake;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean stopping;
  private boolean useWanted;
  private boolean unmappedWanted;
  private Map<IpAddress, Boolean> flowsWanted = new HashMap<>();
  private @Nullable UseReading use;
  private @Nullable FlowReading flows;

  // Of the thread alone.
  private final ReadingPace usePace = new ReadingPace();
  private final ReadingPace flowPace = new ReadingPace();
  private final ReadingPace unmappedPace = new ReadingPace();
  private final Set<String> bugsLogged = new HashSet<>();
  private boolean useUnreadable;
  private boolean flowsUnreadable;

  /**
   * What to read.
   *
   * @param table of family inet
   * @param pools of all routes
   * @param leaseNanos for a use of which the kernel does not tell how long it lasts
   */
  public record Settings(String table, List<IpPrefix> pools, long leaseNanos) {
    public Settings {
      pools = List.copyOf(pools);
    }
  }

  /** Does the readings. Thread: usage. */
  interface Reader extends AutoCloseable {
    UseReading readUse();

    /**
     * @param mayDelete those of {@code asked} whose entries may be deleted if they are over
     */
    FlowReading readFlows(Set<IpAddress> asked, Set<IpAddress> mayDelete);

    /** Other pools from the next reading on. Thread: any. */
    void pools(List<IpPrefix> pools);

    /** How many entries it has deleted. */
    long deleteUnmapped();

    @Override
    void close();
  }

  KernelUsage(Reader reader, NatMetrics metrics, LongSupplier nanoClock, Runnable wake) {
    this.reader = reader;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    this.wake = wake;
    thread = new Thread(this::run, "dotp-usage");
    thread.setDaemon(true);
  }

  /**
   * Starts the thread.
   *
   * @param wake called on that thread after each reading; must not wait
   */
  public static KernelUsage start(
      Settings settings, NatMetrics metrics, LongSupplier nanoClock, Runnable wake) {
    KernelUsage usage =
        new KernelUsage(new KernelReader(settings, metrics, nanoClock), metrics, nanoClock, wake);
    usage.begin();
    return usage;
  }

  void begin() {
    thread.start();
  }

  @Override
  public void requestUse() {
    request(() -> useWanted = true);
  }

  @Override
  public void requestFlows(Collection<IpAddress> fakes, boolean deleteOver) {
    request(
        () -> {
          for (IpAddress fake : fakes) {
            if (flowsWanted.size() < MOST_ASKED || flowsWanted.containsKey(fake)) {
              flowsWanted.merge(fake, deleteOver, Boolean::logicalOr);
            } else {
              metrics.flowQuestionsDropped.increment();
            }
          }
        });
  }

  @Override
  public void pools(List<IpPrefix> pools) {
    reader.pools(pools);
  }

  @Override
  public void requestDeleteUnmapped() {
    request(() -> unmappedWanted = true);
  }

  private void request(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable UseReading use() {
    lock.lock();
    try {
      return use;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable FlowReading takeFlows() {
    lock.lock();
    try {
      FlowReading taken = flows;
      flows = null;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    request(() -> stopping = true);
    try {
      thread.join(CLOSE_WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Runnable next = next();
    while (next != null) {
      try {
        next.run();
      } catch (RuntimeException | LinkageError e) {
        onBug(e);
      }
      next = next();
    }
    reader.close();
  }

  /** Waits for something that may be done now; null at the end. */
  private @Nullable Runnable next() {
    lock.lock();
    try {
      while (!stopping) {
        long now = nanoClock.getAsLong();
        long waitNanos = Long.MAX_VALUE;
        if (unmappedWanted) {
          waitNanos = unmappedPace.waitNanos(now);
          if (waitNanos == 0) {
            unmappedWanted = false;
            return this::deleteUnmapped;
          }
        }
        if (!flowsWanted.isEmpty()) {
          long wait = flowPace.waitNanos(now);
          if (wait == 0) {
            Map<IpAddress, Boolean> wanted = flowsWanted;
            flowsWanted = new HashMap<>();
            return () -> readFlows(wanted);
          }
          waitNanos = Math.min(waitNanos, wait);
        }
        if (useWanted) {
          long wait = usePace.waitNanos(now);
          if (wait == 0) {
            useWanted = false;
            return this::readUse;
          }
          waitNanos = Math.min(waitNanos, wait);
        }
        changed.await(waitNanos, TimeUnit.NANOSECONDS);
      }
      return null;
    } catch (InterruptedException e) {
      // Nobody of ours does that; whoever does wants the thread to end.
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void readUse() {
    long begunNanos = nanoClock.getAsLong();
    UseReading reading;
    try {
      reading = reader.readUse();
    } catch (RuntimeException | LinkageError e) {
      onBug(e);
      reading = new UseReading.Unreadable(begunNanos, "bug: " + e);
    }
    usePace.onRead(begunNanos, nanoClock.getAsLong());
    metrics.useReadings.increment();
    String cause = reading instanceof UseReading.Unreadable failed ? failed.cause() : "";
    useUnreadable = report("keeping every mapping", cause, useUnreadable);
    UseReading done = reading;
    publish(() -> use = done);
  }

  private void readFlows(Map<IpAddress, Boolean> wanted) {
    long begunNanos = nanoClock.getAsLong();
    Set<IpAddress> mayDelete = new HashSet<>();
    wanted.forEach(
        (fake, delete) -> {
          if (delete) {
            mayDelete.add(fake);
          }
        });
    FlowReading reading;
    try {
      reading = reader.readFlows(wanted.keySet(), mayDelete);
    } catch (RuntimeException | LinkageError e) {
      onBug(e);
      reading = new FlowReading.Unreadable(begunNanos, wanted.keySet(), "bug: " + e);
    }
    flowPace.onRead(begunNanos, nanoClock.getAsLong());
    metrics.flowReadings.increment();
    String cause = reading instanceof FlowReading.Unreadable failed ? failed.cause() : "";
    flowsUnreadable = report("no fake goes to another real address", cause, flowsUnreadable);
    FlowReading done = reading;
    publish(() -> flows = done);
  }

  private void deleteUnmapped() {
    long begunNanos = nanoClock.getAsLong();
    try {
      reader.deleteUnmapped();
    } finally {
      unmappedPace.onRead(begunNanos, nanoClock.getAsLong());
    }
  }

  private void publish(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
    wake.run();
  }

  /** Says it when it changes; returns whether it is unreadable now. */
  private boolean report(String consequence, String cause, boolean before) {
    boolean now = !cause.isEmpty();
    if (now) {
      metrics.usageUnreadable.increment();
    }
    if (now && !before) {
      LOG.warn("cannot tell what is in use, {}: {}", consequence, cause);
    } else if (!now && before) {
      LOG.info("what is in use can be read again");
    }
    return now;
  }

  private void onBug(Throwable e) {
    metrics.bugs.increment();
    if (bugsLogged.add(e.getClass().getName())) {
      LOG.error("bug in the reading of use, it goes on", e);
    }
  }
}
