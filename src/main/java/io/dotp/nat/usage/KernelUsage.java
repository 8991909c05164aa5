package io.dotp.nat.usage;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads the kernel by netlink; until that is there, says that it cannot. */
public final class KernelUsage implements Usage {
  private final LongSupplier nanoClock;
  private final Runnable wake;
  private @Nullable UseReading use;
  private @Nullable FlowReading flows;

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

  private KernelUsage(LongSupplier nanoClock, Runnable wake) {
    this.nanoClock = nanoClock;
    this.wake = wake;
  }

  /**
   * Starts the thread {@code dotp-usage}.
   *
   * @param wake called on that thread after each reading; must not wait
   */
  public static KernelUsage start(
      Settings settings, NatMetrics metrics, LongSupplier nanoClock, Runnable wake) {
    return new KernelUsage(nanoClock, wake);
  }

  @Override
  public void requestUse() {
    use = new UseReading.Unreadable(nanoClock.getAsLong(), "not there yet");
    wake.run();
  }

  @Override
  public @Nullable UseReading use() {
    return use;
  }

  @Override
  public void requestFlows(Collection<IpAddress> fakes, boolean deleteOver) {
    flows =
        new FlowReading.Unreadable(
            nanoClock.getAsLong(), java.util.Set.copyOf(fakes), "not there yet");
    wake.run();
  }

  @Override
  public @Nullable FlowReading takeFlows() {
    FlowReading taken = flows;
    flows = null;
    return taken;
  }

  @Override
  public void requestDeleteUnmapped() {}

  @Override
  public void close() {}
}
