package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.usage.FlowReading;
import io.dotp.nat.usage.Usage;
import io.dotp.nat.usage.UseReading;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Traffic as a test wants it; a reading is ready at once unless it is held back. */
final class ModelUsage implements Usage {
  /** Until when a fake is in use. */
  final Map<IpAddress, Long> usedUntil = new HashMap<>();

  /** Fakes that a flow goes to. */
  final Set<IpAddress> flows = new HashSet<>();

  private final LongSupplier nanoClock;
  private @Nullable UseReading use;
  private @Nullable FlowReading flowReading;
  private @Nullable String unreadable;
  private boolean holding;
  private boolean useWanted;
  private @Nullable Set<IpAddress> flowsWanted;
  private int unmappedDeletions;
  List<IpPrefix> pools = List.of();

  ModelUsage(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Readings that are asked for from here on are not made before {@link #readAll}. */
  void hold() {
    holding = true;
  }

  /** Makes the readings that were held back, as of now. */
  void readAll() {
    holding = false;
    if (useWanted) {
      requestUse();
    }
    if (flowsWanted != null) {
      requestFlows(flowsWanted, false);
    }
  }

  /** Readings fail from here on; null ends that. */
  void unreadable(@Nullable String cause) {
    unreadable = cause;
  }

  int unmappedDeletions() {
    return unmappedDeletions;
  }

  @Override
  public void requestUse() {
    useWanted = holding;
    if (holding) {
      return;
    }
    long now = nanoClock.getAsLong();
    Map<IpAddress, Long> left = new HashMap<>();
    usedUntil.forEach(
        (fake, until) -> {
          if (until - now > 0) {
            left.put(fake, until - now);
          }
        });
    use =
        unreadable == null
            ? new UseReading.InUse(now, left)
            : new UseReading.Unreadable(now, unreadable);
  }

  @Override
  public @Nullable UseReading use() {
    return use;
  }

  @Override
  public void requestFlows(Collection<IpAddress> fakes, boolean deleteOver) {
    Set<IpAddress> asked = Set.copyOf(fakes);
    flowsWanted = holding ? asked : null;
    if (holding) {
      return;
    }
    Set<IpAddress> held = new HashSet<>(flows);
    held.retainAll(asked);
    long now = nanoClock.getAsLong();
    flowReading =
        unreadable == null
            ? new FlowReading.Flows(now, asked, held)
            : new FlowReading.Unreadable(now, asked, unreadable);
  }

  @Override
  public @Nullable FlowReading takeFlows() {
    FlowReading taken = flowReading;
    flowReading = null;
    return taken;
  }

  @Override
  public void requestDeleteUnmapped() {
    unmappedDeletions++;
  }

  @Override
  public void pools(List<IpPrefix> prefixes) {
    pools = prefixes;
  }

  @Override
  public void close() {}
}
