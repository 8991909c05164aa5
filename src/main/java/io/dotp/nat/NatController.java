package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import io.dotp.name.DomainName;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.journal.Journal;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.OpenResult;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives out fakes that the kernel has acknowledged. A mapping that lives is found and renewed on
 * the caller's thread; every other waits for thread {@code dotp-nat}, the only writer.
 */
public final class NatController implements AutoCloseable {
  /*
   * FREE --take--> PENDING --add acknowledged--> LIVE --lease over--> RETIRED --delete acknowledged-->
   * QUARANTINED --rest over--> FREE
   *
   *   PENDING --add refused--> FREE, or QUARANTINED if clients had known the fake
   *   LIVE --renew--> LIVE (any event loop; a CAS that moves the deadline forward)
   *   LIVE --lease over, but traffic or a session uses it--> LIVE
   *   RETIRED --acquire by the same owner, delete not yet done--> LIVE
   *   QUARANTINED --acquire by the same owner--> PENDING, with the same fake
   *
   * All arrows but renew are taken by dotp-nat. The deadline is one word: the end of the lease, or a
   * value that says "not live". Renewing and retiring are CAS on it, so a renewed mapping cannot be
   * retired, nor a retired one renewed.
   *
   * I1  A fake is put in an answer only while its mapping is LIVE.
   * I2  LIVE implies that the kernel acknowledged the map element and the set element.
   * I3  A TTL is at most what is left of the lease when the answer is made. Who finds nothing left
   *     was away for longer than a lease, and acquires once more.
   * I4  A fake goes to another owner only after the kernel's delete, the rest, and the end of the
   *     last flow to it.
   * I5  In a route, fake and owner are one to one over LIVE and RETIRED. The owner is a real address,
   *     or one under a name (mapping-key). One exception: an earlier run may leave two fakes for one
   *     owner, one whose name nobody knows, or one that is reserved by now, and clients use them. All
   *     are adopted; one is found by its owner and given out, the others only by their fake, until
   *     their lease ends.
   * I6  Only dotp-nat calls Nftables and writes pools, wheel and table.
   * I7  Published by fake, then by owner; taken back in the opposite order, after the kernel's delete.
   *     Whoever has a fake can resolve it.
   *
   * The cycle of dotp-nat is NatWriter.cycle: get back into step with the kernel if need be, retire
   * and delete (LeaseEnds, at most 256), assign (at most 500 new), add, publish, tell the loops, free
   * what has rested (Releases). What was asked for while a transaction ran goes into the next one together: that is the
   * group commit, and it adds no delay. Deletes and adds never share a transaction, because one
   * missing element undoes a whole transaction and must not hurt those who wait.
   *
   * Somebody else may flush the table at any time. The watch then raises a doubt, and until the
   * writer has made the table what it should be nobody is given a fake, not even a live one: they
   * wait in the queue like those who want a new one. How a failing kernel is treated stands in
   * KernelShadow.
   */

  private static final Logger LOG = LoggerFactory.getLogger(NatController.class);

  /** Mappings that may be waited for: what a slow kernel can do within the deadline, and more. */
  private static final int MOST_WAITING = 8192;

  /** Cycles that are spent on the waiting at the end. */
  private static final int LAST_CYCLES = 64;

  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(4);

  private volatile NatSettings settings;
  private final NatKernel kernel;
  private final Journal journal;
  private final Doubt doubt = new Doubt();
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private final long leaseNanos;
  private final boolean namesAreKeys;
  private final MappingTable table = new MappingTable();
  private final RequestQueue queue = new RequestQueue(MOST_WAITING);
  private final Thread thread;

  private final ReloadHandOver reload = new ReloadHandOver();

  private final CompletableFuture<StartResult> started = new CompletableFuture<>();
  private volatile @Nullable NatWriter writer;

  /** Prefixes that the rules know. */
  private volatile List<IpPrefix> pools = List.of();

  /** How the start ended. */
  public sealed interface StartResult {
    /**
     * Mappings can be acquired.
     *
     * @param adopted mappings taken over from an earlier run, duplicates included
     * @param removed elements of an earlier run that fit no pool
     * @param duplicates second fakes of one real address
     */
    record Started(int adopted, int removed, int duplicates) implements StartResult {}

    /**
     * The kernel's table cannot be used.
     *
     * @param text what was found and what to do about it
     */
    record Failed(OpenResult.Reason reason, String text) implements StartResult {}
  }

  /**
   * @param journal outlives the controller; the caller's to close
   * @param nanoClock monotonic, compared by subtraction
   */
  public NatController(
      NatSettings settings,
      NatKernel kernel,
      Journal journal,
      NatMetrics metrics,
      LongSupplier nanoClock) {
    this.settings = settings;
    this.kernel = kernel;
    this.journal = journal;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    leaseNanos = settings.leaseNanos();
    namesAreKeys = settings.namesAreKeys();
    thread = new Thread(this::run, "dotp-nat");
    thread.setDaemon(true);
  }

  /**
   * Starts the writer and takes over what the kernel holds; returns when that is done. Called once.
   * Thread: main.
   */
  public StartResult start() {
    thread.start();
    return started.join();
  }

  /**
   * Gives every address that is {@code wanted} a mapping. If all of them live already, {@code done}
   * runs before this returns; else later on {@code loop}, exactly once, at latest when the commit
   * deadline of 250 ms has passed. Thread: event loop.
   *
   * @param loop the caller's own, with one thread
   */
  public void acquire(Wanted wanted, ScheduledExecutorService loop, Consumer<AcquireResult> done) {
    List<IpAddress> reals = wanted.reals();
    DomainName name = namesAreKeys ? wanted.name() : null;
    long now = nanoClock.getAsLong();
    @Nullable Outcome[] outcomes = new Outcome[reals.size()];
    int renewed = 0;
    for (int i = 0; i < outcomes.length && !doubt.isOpen(); i++) {
      Mapping mapping = table.byOwner(wanted.route(), name, reals.get(i));
      if (mapping != null && mapping.tryRenew(now, leaseNanos)) {
        outcomes[i] = new Mapped(mapping);
        renewed++;
      }
    }
    metrics.renewed.add(renewed);
    if (renewed == outcomes.length) {
      done.accept(result(outcomes));
    } else {
      Wanted keyed = namesAreKeys ? wanted : wanted.withoutName();
      enqueue(new AcquireRequest(keyed, outcomes, loop, done, doubt, metrics));
    }
  }

  /**
   * Renews the leases of mappings that were acquired before.
   *
   * @return false when one of them lives no longer, or when that is in doubt; some may have been
   *     renewed
   */
  public boolean renew(List<Mapping> mappings) {
    if (doubt.isOpen()) {
      return false;
    }
    long now = nanoClock.getAsLong();
    for (int i = 0; i < mappings.size(); i++) {
      if (!mappings.get(i).tryRenew(now, leaseNanos)) {
        return false;
      }
    }
    metrics.renewed.add(mappings.size());
    return true;
  }

  @SuppressWarnings("NullAway") // called when no element is null
  private static AcquireResult result(@Nullable Outcome[] outcomes) {
    return new AcquireResult(Arrays.asList(outcomes));
  }

  private void enqueue(AcquireRequest request) {
    request.expectWithin(settings.nat().commitDeadline().toNanos());
    switch (queue.offer(request)) {
      case TAKEN -> {}
      case FULL -> {
        metrics.overloaded.increment();
        request.refuseLater(Cause.OVERLOADED);
      }
      case CLOSED -> request.refuseLater(Cause.STOPPING);
    }
  }

  /** Notes that an answer led from {@code name} to a fake, also for the next run. Thread: any. */
  public void noteName(Mapping mapping, DomainName name) {
    if (mapping.noteName(name)) {
      journal.named(mapping.fake(), mapping.real(), mapping.route().name(), name);
    }
  }

  /** The prefixes of all fakes that may lead somewhere, draining ones included. Thread: any. */
  public List<IpPrefix> pools() {
    return pools;
  }

  /** The mappings that the kernel holds. */
  public MappingTable mappings() {
    return table;
  }

  /**
   * Takes other pools over. Those that stay keep their mappings; the others drain. Waits for a
   * kernel that is mended or left alone at the moment. Thread: any but an event loop and dotp-nat.
   *
   * @param next the same but for its routes
   */
  public PoolReload reload(NatSettings next) {
    return reload.hand(next, queue::wake, this::isRunning);
  }

  /** Thread: nat. */
  private void takeReload(NatWriter running) {
    if (running.canReload()) {
      NatSettings taken = reload.take(running::reload);
      if (taken != null) {
        settings = taken;
      }
    }
  }

  /** Whether new mappings can be made. Thread: any. */
  public boolean isRunning() {
    return thread.isAlive() && !queue.isClosed();
  }

  /** Counts as of the last cycle. Thread: any. */
  public NatStatus status() {
    NatWriter running = writer;
    return running == null ? NatStatus.EMPTY : running.status();
  }

  /**
   * Commits what is pending, as far as the kernel takes it, and answers everybody else. The kernel
   * keeps table and elements, so live flows go on.
   */
  @Override
  public void close() {
    queue.close();
    try {
      thread.join(LONGEST_CLOSE.toMillis());
      if (thread.isAlive()) {
        LOG.warn("the kernel does not answer, leaving without it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      AutoCloseable watch = kernel.watch().apply(this::onForeignChange);
      try {
        NatWriter opened = open();
        if (opened != null) {
          serve(opened);
        }
      } finally {
        watch.close();
      }
    } catch (Exception e) {
      metrics.bugs.increment();
      LOG.error("bug in the NAT writer, it ends", e);
    } finally {
      // Only after an Error is this the first word.
      started.complete(
          new StartResult.Failed(OpenResult.Reason.REJECTED, "the writer ended with an error"));
    }
  }

  /** Thread: any. */
  private void onForeignChange() {
    metrics.foreignChanges.increment();
    doubt.raise();
    queue.wake();
  }

  private void onRules(KernelRules rules) {
    pools = rules.prefixes();
    kernel.rules().accept(rules);
  }

  /** Opens and adopts; null when that failed. */
  private @Nullable NatWriter open() {
    NatWriter opened = null;
    StartResult result;
    try {
      OpenResult table = kernel.table().get();
      if (table instanceof OpenResult.Opened usable) {
        journal.onWritten(queue::wake);
        NatNeighbours neighbours =
            new NatNeighbours(kernel.usage().apply(queue::wake), journal, this::onRules);
        opened =
            new NatWriter(
                settings, usable, this.table.writer(), neighbours, doubt, metrics, nanoClock);
        pools = opened.prefixes();
        result = opened.adopt();
      } else {
        OpenResult.Refused refused = (OpenResult.Refused) table;
        result = new StartResult.Failed(refused.reason(), refused.message());
      }
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug at the start of the NAT writer", e);
      result = new StartResult.Failed(OpenResult.Reason.REJECTED, e.toString());
    }
    if (result instanceof StartResult.Started) {
      writer = opened;
    } else if (opened != null) {
      opened.close();
      opened = null;
    }
    started.complete(result);
    return opened;
  }

  private void serve(NatWriter running) {
    while (!queue.isClosed()) {
      if (!cycle(running)) {
        long rest = running.nanosOfRest();
        if (rest > 0) {
          LockSupport.parkNanos(this, rest);
        } else {
          queue.await(running.nanosToNextWork());
        }
      }
    }
    for (int i = 0; i < LAST_CYCLES && running.isBehind(queue); i++) {
      cycle(running);
    }
    running.refuseAll(queue, Cause.STOPPING);
    reload.refuse("stopping");
    running.close();
  }

  private boolean cycle(NatWriter running) {
    try {
      takeReload(running);
      return running.cycle(queue);
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug in the NAT writer, its waiting queries fail", e);
      running.abandon();
      return false;
    }
  }
}
