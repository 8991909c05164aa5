package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.journal.Journal;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.Mapping.State;
import io.dotp.nat.usage.FlowReading;
import io.dotp.nat.usage.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Frees fakes that have rested and that no flow uses any more. An established flow outlives the
 * kernel's element, and a new socket on an old port would follow it; only connection tracking knows
 * of those. Thread: nat.
 */
final class Releases {
  /** Fakes in one question, and as many again whose flows went on before. */
  private static final int MOST_ASKED = 4096;

  private final Pools pools;
  private final Usage usage;
  private final Journal journal;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;

  /** What was asked about and not told yet, by fake, oldest first. */
  private Map<IpAddress, Mapping> asked = Map.of();

  Releases(Pools pools, NatNeighbours neighbours, NatMetrics metrics, LongSupplier nanoClock) {
    this.pools = pools;
    this.usage = neighbours.usage();
    this.journal = neighbours.journal();
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  /**
   * @return whether more can be done at once
   */
  boolean advance() {
    take();
    if (!asked.isEmpty()) {
      return false;
    }
    long now = nanoClock.getAsLong();
    boolean crowded = false;
    Map<IpAddress, Mapping> candidates = new LinkedHashMap<>();
    for (FakePool pool : pools.all()) {
      List<Mapping> rested = pool.rested(now, Math.max(1, MOST_ASKED / pools.all().size()));
      rested.forEach(mapping -> candidates.put(mapping.fake(), mapping));
      crowded |= pool.isCrowded() && !rested.isEmpty();
    }
    if (candidates.isEmpty()) {
      return false;
    }
    asked = candidates;
    usage.requestFlows(candidates.keySet(), crowded);
    return take() && candidates.size() >= MOST_ASKED / pools.all().size();
  }

  /** After a bug: asks anew. */
  void startOver() {
    asked = Map.of();
  }

  private boolean take() {
    FlowReading reading = usage.takeFlows();
    if (reading == null) {
      return false;
    }
    List<IpAddress> freed = new ArrayList<>();
    asked.forEach((fake, mapping) -> settle(fake, mapping, reading, freed));
    asked = Map.of();
    journal.freed(freed);
    return true;
  }

  private void settle(IpAddress fake, Mapping mapping, FlowReading reading, List<IpAddress> freed) {
    boolean restsSince =
        mapping.state() == State.QUARANTINED && reading.begunNanos() - mapping.restingSince() >= 0;
    if (!restsSince || !reading.asked().contains(fake)) {
      return;
    }
    FakePool pool = pools.of(mapping);
    if (isHeld(fake, reading)) {
      metrics.heldByFlows.increment();
      pool.hold(mapping, nanoClock.getAsLong());
    } else if (pool.isRested(mapping, nanoClock.getAsLong())) {
      pool.free(mapping);
      freed.add(fake);
    }
  }

  /** Where nobody can tell, fakes rest on: a full pool refuses, which betrays nobody. */
  private static boolean isHeld(IpAddress fake, FlowReading reading) {
    return !(reading instanceof FlowReading.Flows flows) || flows.held().contains(fake);
  }
}
