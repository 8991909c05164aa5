package io.dotp.nat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** An event loop whose turns and whose clock the test takes in hand. Thread: the test's. */
final class ManualLoop extends AbstractExecutorService implements ScheduledExecutorService {
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Queue<Timer> timers = new PriorityQueue<>();
  private long now;
  private int turns;
  private boolean stopped;

  /** A task for later. */
  private static final class Timer extends FutureTask<Object>
      implements RunnableScheduledFuture<Object> {
    private final long due;

    Timer(Runnable task, long due) {
      super(task, "done");
      this.due = due;
    }

    @Override
    public boolean isPeriodic() {
      return false;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(due, other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  /** Runs what was handed over. */
  void runTasks() {
    while (!tasks.isEmpty()) {
      turns++;
      tasks.remove().run();
    }
  }

  /** Lets time pass and runs the timers that come due. */
  void advance(long nanos) {
    now += nanos;
    while (!timers.isEmpty() && timers.element().due <= now) {
      timers.remove().run();
    }
  }

  /** How many tasks have been run. */
  int turns() {
    return turns;
  }

  /** Timers that neither ran nor were cancelled. */
  long pendingTimers() {
    return timers.stream().filter(timer -> !timer.isDone()).count();
  }

  @Override
  public void execute(Runnable task) {
    if (stopped) {
      throw new RejectedExecutionException("stopped");
    }
    tasks.add(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    Timer timer = new Timer(task, now + unit.toNanos(delay));
    timers.add(timer);
    return timer;
  }

  @Override
  public void shutdown() {
    stopped = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    stopped = true;
    return List.copyOf(tasks);
  }

  @Override
  public boolean isShutdown() {
    return stopped;
  }

  @Override
  public boolean isTerminated() {
    return stopped;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return stopped;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long delay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long delay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }
}
