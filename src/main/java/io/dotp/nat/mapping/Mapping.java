package io.dotp.nat.mapping;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fake address that stands for one real address of one route, or for one under a name. Its life
 * is told in {@code NatController}; the deadline is the only field that several threads write.
 */
public final class Mapping {
  /** Where a mapping stands in its life; a fake without a mapping is free. */
  public enum State {
    /** Has a fake, waits for the kernel. */
    PENDING,
    /** The kernel has acknowledged it; it may be answered. */
    LIVE,
    /** The lease ran out; waits for the kernel's delete. */
    RETIRED,
    /** Gone from the kernel; the fake rests. */
    QUARANTINED
  }

  /** Deadline of every state but LIVE. No lease ends there: {@link #deadlineAt} steps over it. */
  private static final long NOT_LIVE = Long.MIN_VALUE;

  /** Names that are kept of those that led here. */
  private static final int MOST_NAMES = 8;

  private static final DomainName[] NO_NAMES = {};

  private static final VarHandle DEADLINE;
  private static final VarHandle NAMES;
  private static final VarHandle PINS;

  static {
    try {
      DEADLINE = MethodHandles.lookup().findVarHandle(Mapping.class, "deadline", long.class);
      NAMES = MethodHandles.lookup().findVarHandle(Mapping.class, "names", DomainName[].class);
      PINS = MethodHandles.lookup().findVarHandle(Mapping.class, "pins", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RouteId route;
  private final IpAddress fake;
  private final IpAddress real;

  /** Part of the key; null when all names share the fake. */
  private final @Nullable DomainName name;

  /** End of the lease, or {@link #NOT_LIVE}. */
  private volatile long deadline = NOT_LIVE;

  /** Replaced as a whole, never changed. */
  private volatile DomainName[] names = NO_NAMES;

  /** Sessions of our own that use it. */
  private volatile int pins;

  // Thread: nat, for all that follows.
  private State state = State.PENDING;

  /** The client that was the first to need it, null for none; counts it as long as it exists. */
  @Nullable IpAddress client;

  /** When the last rest began; only of use while it rests. */
  private long restingSince;

  /** Whether the fake was known to clients before: then it never goes straight back to free. */
  private boolean known;

  /** Whether the kernel should hold its element. */
  private boolean programmed;

  /** The deadline that traffic set, if it did; any other is the work of an answer. */
  private long trafficDeadline;

  private boolean keptByTraffic;

  /** When the answer was given that traffic has gone on from; only of use then. */
  private long answeredBefore;

  /** Where its pool keeps it. */
  int place;

  /** Neighbours in the one list that holds this mapping: a slot of the wheel, or those at rest. */
  @Nullable Mapping previous;

  @Nullable Mapping next;
  @Nullable MappingList list;

  Mapping(RouteId route, IpAddress fake, IpAddress real) {
    this(route, fake, null, real);
  }

  Mapping(RouteId route, IpAddress fake, @Nullable DomainName name, IpAddress real) {
    this.route = route;
    this.fake = fake;
    this.name = name;
    this.real = real;
    if (name != null) {
      names = new DomainName[] {name};
    }
  }

  /** The address that clients are told. */
  public IpAddress fake() {
    return fake;
  }

  /** The address that the kernel puts in its place. */
  public IpAddress real() {
    return real;
  }

  /** The name that has this fake for itself; null when all names share it. */
  public @Nullable DomainName name() {
    return name;
  }

  /** The route whose pool the fake is from. */
  public RouteId route() {
    return route;
  }

  /** Thread: nat. */
  public State state() {
    return state;
  }

  /**
   * Moves the end of the lease forward, never back. Thread: any.
   *
   * @return false when the mapping is not live, or no longer
   */
  public boolean tryRenew(long nowNanos, long leaseNanos) {
    long renewed = deadlineAt(nowNanos, leaseNanos);
    while (true) {
      long seen = deadline;
      if (seen == NOT_LIVE) {
        return false;
      }
      if (renewed - seen <= 0 || DEADLINE.compareAndSet(this, seen, renewed)) {
        return true;
      }
    }
  }

  /**
   * Notes that an answer led from {@code noted} to this fake. Of too many names the newest are
   * kept, and the one that the fake is for; allocates nothing for one that is noted already.
   * Thread: any.
   *
   * @return whether it was not noted before
   */
  public boolean noteName(DomainName noted) {
    while (true) {
      DomainName[] seen = names;
      for (DomainName each : seen) {
        if (each.equals(noted)) {
          return false;
        }
      }
      int kept = Math.min(seen.length, MOST_NAMES - 1);
      DomainName[] more = Arrays.copyOfRange(seen, seen.length - kept, seen.length + 1);
      more[kept] = noted;
      if (name != null) {
        more[0] = name;
      }
      if (NAMES.compareAndSet(this, seen, more)) {
        return true;
      }
    }
  }

  /**
   * The names that led here, oldest first, at most 8; the first is the one that the fake is for, if
   * it is for one. Thread: any.
   */
  public List<DomainName> names() {
    return List.of(names);
  }

  /** What is left of the lease; 0 when it ran out or the mapping is not live. Thread: any. */
  public long leaseLeftNanos(long nowNanos) {
    long seen = deadline;
    return seen == NOT_LIVE ? 0 : Math.max(0, seen - nowNanos);
  }

  /**
   * Keeps a live mapping live while a session of ours uses it; {@link #unpin} ends that. Thread:
   * any.
   *
   * @return false when the mapping is not live, or no longer; it is not pinned then
   */
  public boolean tryPin() {
    // Both sides write first and then read the other's word, so that one of them sees the other:
    // here the pin and then the deadline, in tryRetire the deadline and then the pins.
    PINS.getAndAdd(this, 1);
    if (deadline == NOT_LIVE) {
      unpin();
      return false;
    }
    return true;
  }

  /** Ends what {@link #tryPin} began. Thread: any. */
  public void unpin() {
    if ((int) PINS.getAndAdd(this, -1) <= 0) {
      throw new IllegalStateException("not pinned: " + this);
    }
  }

  /** Whether a session of ours uses it. Thread: any. */
  public boolean isPinned() {
    return pins > 0;
  }

  /**
   * Moves the end of the lease because traffic goes on, which is no answer. Thread: nat.
   *
   * @param leaseNanos length of the lease that an answer gives
   */
  public void keepForTraffic(long untilNanos, long leaseNanos) {
    long answered = answeredAt(leaseNanos);
    long seen = deadline;
    long until = untilNanos == NOT_LIVE ? untilNanos + 1 : untilNanos;
    if (seen != NOT_LIVE && until - seen > 0 && DEADLINE.compareAndSet(this, seen, until)) {
      keptByTraffic = true;
      trafficDeadline = until;
      answeredBefore = answered;
    }
  }

  /**
   * When the last answer carried the fake; only of use while live. Thread: nat.
   *
   * @param leaseNanos length of the lease that an answer gives
   */
  public long answeredAt(long leaseNanos) {
    long seen = deadline;
    return keptByTraffic && seen == trafficDeadline ? answeredBefore : seen - leaseNanos;
  }

  /** Whether the kernel should hold its element. Thread: nat. */
  public boolean isProgrammed() {
    return programmed;
  }

  /** Thread: nat. */
  public void programmed(boolean held) {
    programmed = held;
  }

  /** Whether the lease has run out, which an answer may still change. Thread: nat. */
  public boolean isOver(long nowNanos) {
    return deadline - nowNanos <= 0;
  }

  /** End of the lease; only of use while live. */
  long deadline() {
    return deadline;
  }

  /** When the rest began, or was last looked at; only of use while it rests. Thread: nat. */
  public long restingSince() {
    return restingSince;
  }

  /** Whether clients were given the fake before. Thread: nat. */
  public boolean isKnown() {
    return known;
  }

  /** Whether the lease wheel, or the list of those at rest, looks after it. Thread: nat. */
  public boolean isListed() {
    return list != null;
  }

  /** PENDING or RETIRED to LIVE. */
  void activate(long nowNanos, long leaseNanos) {
    require(state == State.PENDING || state == State.RETIRED);
    state = State.LIVE;
    known = true;
    keptByTraffic = false;
    deadline = deadlineAt(nowNanos, leaseNanos);
  }

  /**
   * LIVE to RETIRED, if the lease ran out. The CAS decides against a renewal at the same moment.
   *
   * @return false when the lease has time left, or a session uses it
   */
  boolean tryRetire(long nowNanos) {
    require(state == State.LIVE);
    long seen = deadline;
    if (isPinned() || seen - nowNanos > 0 || !DEADLINE.compareAndSet(this, seen, NOT_LIVE)) {
      return false;
    }
    if (isPinned()) {
      // A session came between; nobody else leaves this value, so nobody can have changed it.
      deadline = seen;
      return false;
    }
    state = State.RETIRED;
    return true;
  }

  /** PENDING, but clients of an earlier run know the fake. */
  void markKnown() {
    require(state == State.PENDING);
    known = true;
  }

  /** RETIRED to QUARANTINED, or back to it when the kernel refused a revival. */
  void rest(long nowNanos) {
    require(state == State.RETIRED || (state == State.PENDING && known));
    state = State.QUARANTINED;
    restingSince = nowNanos;
  }

  /** Still QUARANTINED, from now on. */
  void restAgain(long nowNanos) {
    require(state == State.QUARANTINED);
    restingSince = nowNanos;
  }

  /** QUARANTINED to PENDING. */
  void revive() {
    require(state == State.QUARANTINED);
    state = State.PENDING;
  }

  private void require(boolean legal) {
    if (!legal) {
      throw new IllegalStateException("not from state " + state + ": " + this);
    }
  }

  private static long deadlineAt(long nowNanos, long leaseNanos) {
    long deadline = nowNanos + leaseNanos;
    return deadline == NOT_LIVE ? deadline + 1 : deadline;
  }

  @Override
  public String toString() {
    String of = name == null ? "" : name + ", ";
    return fake + " -> " + real + " (" + of + "route " + route.name() + ')';
  }
}
