package io.dotp.nat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.name.DomainName;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.AcquireResult.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One acquisition that waits for thread {@code dotp-nat}. That thread decides one address after the
 * other; {@code done} runs on the loop, once: with the decisions, or when the commit deadline has
 * passed before.
 */
final class AcquireRequest {
  private static final Logger LOG = LoggerFactory.getLogger(AcquireRequest.class);

  private final Wanted wanted;
  private final ScheduledExecutorService loop;
  private final Consumer<AcquireResult> done;
  private final Doubt doubt;
  private final NatMetrics metrics;

  /** What was mapped already when the request was made; null elsewhere. Never written again. */
  private final @Nullable Outcome[] early;

  private final AtomicBoolean answered = new AtomicBoolean();

  /** Thread: loop. */
  private @Nullable Future<?> deadline;

  // Thread: nat, until the loop is told.
  private final @Nullable Outcome[] outcomes;
  private int next;

  /**
   * @param early parallel to the addresses of {@code wanted}; null where a mapping has to be made
   */
  AcquireRequest(
      Wanted wanted,
      @Nullable Outcome[] early,
      ScheduledExecutorService loop,
      Consumer<AcquireResult> done,
      Doubt doubt,
      NatMetrics metrics) {
    this.wanted = wanted;
    this.early = early;
    this.loop = loop;
    this.done = done;
    this.doubt = doubt;
    this.metrics = metrics;
    outcomes = early.clone();
  }

  RouteId route() {
    return wanted.route();
  }

  IpAddress real(int index) {
    return wanted.reals().get(index);
  }

  /** Part of the key, null when all names share their fakes. */
  @Nullable DomainName name() {
    return wanted.name();
  }

  /** On whose account new mappings are made, null for nobody's. */
  @Nullable IpAddress client() {
    return wanted.client();
  }

  ScheduledExecutorService loop() {
    return loop;
  }

  /** Mappings that it waits for at most. */
  int weight() {
    return wanted.reals().size();
  }

  /** Begins to wait. Thread: loop. */
  void expectWithin(long nanos) {
    deadline = loop.schedule(this::onDeadline, nanos, TimeUnit.NANOSECONDS);
  }

  /** The next address to take up, -1 when all are. Thread: nat. */
  int takeNext() {
    return takenUp() < outcomes.length ? next++ : -1;
  }

  /** Whether every address was taken up. Thread: nat. */
  boolean isTakenUp() {
    return takenUp() == outcomes.length;
  }

  private int takenUp() {
    while (next < outcomes.length && outcomes[next] != null) {
      next++;
    }
    return next;
  }

  /** Decides one address that {@link #takeNext} gave. Thread: nat. */
  void decide(int index, Outcome outcome) {
    if (outcomes[index] != null) {
      throw new IllegalStateException("decided twice: " + index);
    }
    outcomes[index] = outcome;
  }

  /** Refuses what is undecided. Thread: nat. */
  void refuseRest(Cause cause) {
    for (int i = 0; i < outcomes.length; i++) {
      if (outcomes[i] == null) {
        decide(i, new Refused(cause));
      }
    }
  }

  /** Hands the decisions over. Thread: loop. */
  void finish() {
    if (answered.compareAndSet(false, true)) {
      if (deadline != null) {
        deadline.cancel(false);
      }
      tell(outcomes, Cause.KERNEL_REFUSED);
    }
  }

  /** Answers without the writer, on the loop's next turn. Thread: loop. */
  void refuseLater(Cause cause) {
    loop.execute(() -> refuse(cause));
  }

  private void refuse(Cause cause) {
    if (answered.compareAndSet(false, true)) {
      if (deadline != null) {
        deadline.cancel(false);
      }
      tell(early, cause);
    }
  }

  private void onDeadline() {
    if (answered.compareAndSet(false, true)) {
      metrics.commitDeadlineMissed.increment();
      tell(early, Cause.COMMIT_LATE);
    }
  }

  private void tell(@Nullable Outcome[] known, Cause otherwise) {
    List<Outcome> complete = new ArrayList<>(known.length);
    // What was mapped when it was decided may be gone by now.
    boolean doubtful = doubt.isOpen();
    for (@Nullable Outcome outcome : known) {
      boolean told = outcome != null && !(doubtful && outcome instanceof Mapped);
      complete.add(told ? Objects.requireNonNull(outcome) : new Refused(otherwise));
    }
    try {
      done.accept(new AcquireResult(complete));
    } catch (RuntimeException e) {
      // Others wait behind this one on the same loop.
      metrics.bugs.increment();
      LOG.error("bug in the receiver of an acquisition", e);
    }
  }
}
