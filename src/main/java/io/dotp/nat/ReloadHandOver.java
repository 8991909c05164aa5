package io.dotp.nat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hands other settings to the writer, one at a time, and waits until it has taken them. */
final class ReloadHandOver {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** What waits to be taken; null for nothing. */
  private final AtomicReference<@Nullable Reload> waiting = new AtomicReference<>();

  /** Other settings, and who waits for them. */
  private record Reload(NatSettings settings, CompletableFuture<PoolReload> done) {}

  /**
   * Waits for the writer, 10 s at most until it begins. Thread: any but an event loop and dotp-nat.
   *
   * @param wake wakes the writer
   * @param running whether there is one, asked after it was woken
   */
  PoolReload hand(NatSettings next, Runnable wake, BooleanSupplier running) {
    Reload command = new Reload(next, new CompletableFuture<>());
    if (!waiting.compareAndSet(null, command)) {
      return new PoolReload.Refused("another change is under way");
    }
    wake.run();
    if (!running.getAsBoolean() && waiting.compareAndSet(command, null)) {
      return new PoolReload.Refused("stopping");
    }
    try {
      return command.done().get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      if (waiting.compareAndSet(command, null)) {
        return new PoolReload.Refused("the kernel cannot be written to, see the warnings above");
      }
      // It has begun, and ends.
      return command.done().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new PoolReload.Refused("interrupted");
    }
  }

  /**
   * Takes what waits. Thread: nat.
   *
   * @param reload puts it in force
   * @return the settings in force from now on; null when those of before are
   */
  @Nullable NatSettings take(Function<NatSettings, PoolReload> reload) {
    Reload command = waiting.getAndSet(null);
    if (command == null) {
      return null;
    }
    PoolReload result = new PoolReload.Refused("a bug, see the log");
    try {
      result = reload.apply(command.settings());
    } finally {
      command.done().complete(result);
    }
    return result instanceof PoolReload.Done ? command.settings() : null;
  }

  /** Answers who waits. Thread: nat. */
  void refuse(String why) {
    Reload left = waiting.getAndSet(null);
    if (left != null) {
      left.done().complete(new PoolReload.Refused(why));
    }
  }
}
