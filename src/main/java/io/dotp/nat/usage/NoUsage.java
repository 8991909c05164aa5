package io.dotp.nat.usage;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** For a dry run: no kernel, so nothing is in use and nothing is held. Ready at once. */
public final class NoUsage implements Usage {
  private final LongSupplier nanoClock;
  private @Nullable UseReading use;
  private @Nullable FlowReading flows;

  public NoUsage(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  @Override
  public void requestUse() {
    use = new UseReading.InUse(nanoClock.getAsLong(), Map.of());
  }

  @Override
  public @Nullable UseReading use() {
    return use;
  }

  @Override
  public void requestFlows(Collection<IpAddress> fakes, boolean deleteOver) {
    flows = new FlowReading.Flows(nanoClock.getAsLong(), Set.copyOf(fakes), Set.of());
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
  public void pools(List<IpPrefix> pools) {}

  @Override
  public void close() {}
}
