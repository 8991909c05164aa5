package io.dotp.nat;

import static io.dotp.nat.WriterRig.TTL;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.WriterRig.Answer;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.CommitResult;
import io.dotp.nat.nft.KernelElements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/**
 * Random queries, time, refusals, strangers and restarts. The model is a plain map of what clients
 * were told and when; after every step nothing that they may still remember leads elsewhere.
 */
class NatModelTest {
  private static final int REALS = 25;
  private static final int STEPS = 300;
  private static final Duration SHORTEST_REST = Duration.ofMinutes(2);

  /** What a client was told last about a fake. */
  private record Promise(RouteId route, IpAddress real, long atNanos, int run) {}

  private final Map<IpAddress, Promise> promises = new HashMap<>();
  private ModelKernel kernel = new ModelKernel(0);
  private WriterRig rig = WriterRig.started();
  private Random random = new Random();
  private int run;

  /** Whether somebody else wrote to the table and we cannot know yet. */
  private boolean disturbed;

  private boolean refusing;

  @Property(tries = 150)
  void nat_randomOperations_keepsEveryPromise(@ForAll long seed) {
    random = new Random(seed);
    kernel = new ModelKernel(20);
    promises.clear();
    refusing = false;
    restart(1_000_000_000L);

    for (int i = 0; i < STEPS; i++) {
      step();
      check();
    }
  }

  private void step() {
    long resyncs = rig.metrics.resyncs.sum();
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3, 4, 5 -> acquire();
      case 6, 7, 8 -> rig.passAndRun(Duration.ofMillis(random.nextInt(60_000)));
      case 9 -> rig.passAndRun(Duration.ofSeconds(random.nextInt(600)));
      case 10 -> refuse();
      case 11 -> disturb();
      case 12 -> toggleRefusal();
      default -> {
        if (!refusing && random.nextInt(4) == 0) {
          restart(rig.now);
        }
      }
    }
    if (rig.metrics.resyncs.sum() > resyncs && rig.writer.status().inStep()) {
      disturbed = false;
    }
  }

  private void acquire() {
    RouteId route = new RouteId(random.nextInt(2));
    List<IpAddress> reals = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      reals.add(real(random.nextInt(REALS)));
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (IpAddress each : reals) {
      Mapping live = rig.table.byReal(route, each);
      if (live != null && live.tryRenew(rig.now, TTL.toNanos())) {
        outcomes.add(new Mapped(live));
      }
    }
    if (outcomes.size() < reals.size()) {
      long resyncs = rig.metrics.resyncs.sum();
      Answer answer = rig.acquire(route, reals);
      outcomes = answer.outcomes();
      disturbed &= rig.metrics.resyncs.sum() == resyncs || !rig.writer.status().inStep();
    }
    for (int i = 0; i < reals.size(); i++) {
      if (outcomes.get(i) instanceof Mapped mapped) {
        promise(route, reals.get(i), mapped.mapping());
      }
    }
  }

  private void promise(RouteId route, IpAddress real, Mapping mapping) {
    assertThat(mapping.real()).isEqualTo(real);
    assertThat(mapping.route()).isEqualTo(route);
    assertThat(mapping.leaseLeftNanos(rig.now)).isGreaterThanOrEqualTo(TTL.toNanos());
    if (!disturbed) {
      assertThat(kernel.realOf(mapping.fake())).isEqualTo(real);
    }
    Promise before = promises.put(mapping.fake(), new Promise(route, real, rig.now, run));
    if (before != null && !(before.real().equals(real) && before.route().equals(route))) {
      // A restart forgets who rests, and keeps who lives.
      Duration rest = before.run() == run ? SHORTEST_REST : Duration.ZERO;
      assertThat(rig.now - before.atNanos()).isGreaterThanOrEqualTo(TTL.plus(rest).toNanos());
    }
  }

  private void refuse() {
    CommitResult.Cause[] causes = CommitResult.Cause.values();
    for (int i = random.nextInt(4); i >= 0; i--) {
      kernel.refuseNext(causes[random.nextInt(causes.length)]);
    }
  }

  private void toggleRefusal() {
    refusing = !refusing && random.nextInt(3) == 0;
    kernel.refuseAlways(refusing ? CommitResult.Cause.OTHER : null);
    kernel.unreadable(refusing && random.nextBoolean());
  }

  private void disturb() {
    List<IpAddress> fakes = new ArrayList<>(kernel.elements().map().keySet());
    disturbed = true;
    if (random.nextBoolean() && !fakes.isEmpty()) {
      kernel.remove(fakes.get(random.nextInt(fakes.size())));
      return;
    }
    IpAddress fake = IpAddress.ofIpv4(0xc6120001 + random.nextInt(14));
    if (!promises.containsKey(fake) && !fakes.contains(fake)) {
      kernel.put(fake, real(REALS + random.nextInt(5)));
    }
  }

  private void restart(long now) {
    WriterRig next = new WriterRig(kernel, WriterRig.settings("198.18.0.0/28", "198.18.0.16/29"));
    next.now = now;
    kernel.unreadable(false);
    kernel.refuseAlways(null);
    NatController.StartResult result = next.adopt();
    if (result instanceof NatController.StartResult.Failed) {
      // Refusals that were still to come; a start that fails changes nothing.
      restart(now);
      return;
    }
    promises.keySet().removeIf(fake -> disturbed && kernel.realOf(fake) == null);
    rig = next;
    disturbed = false;
    run++;
  }

  private void check() {
    KernelElements held = kernel.elements();
    if (!disturbed) {
      assertThat(new HashSet<>(held.map().values())).isEqualTo(held.reals());
    }
    Set<Tuple2<RouteId, IpAddress>> owners = new HashSet<>();
    for (RouteId route : List.of(WriterRig.FIRST, WriterRig.SECOND)) {
      for (int i = 0; i < REALS + 5; i++) {
        Mapping mapping = rig.table.byReal(route, real(i));
        if (mapping != null) {
          assertThat(owners.add(Tuple.of(route, mapping.fake()))).isTrue();
          assertThat(rig.table.byFake(mapping.fake())).isSameAs(mapping);
          assertThat(disturbed || real(i).equals(held.map().get(mapping.fake()))).isTrue();
        }
      }
    }
    checkPromises(held);
    checkCounts(held);
  }

  /** Whatever a client can still remember leads to where it was told, or nowhere. */
  private void checkPromises(KernelElements held) {
    promises.forEach(
        (fake, promise) -> {
          boolean remembered = rig.now - promise.atNanos() < TTL.toNanos();
          IpAddress there = held.map().get(fake);
          if (remembered && !disturbed) {
            assertThat(there).isEqualTo(promise.real());
          } else if (remembered && there != null) {
            assertThat(there).isEqualTo(promise.real());
          }
        });
  }

  private void checkCounts(KernelElements held) {
    NatStatus.Counts counts = rig.writer.status().ipv4();
    assertThat(counts.pending()).isZero();
    assertThat(counts.live() + counts.quarantined() + counts.retired())
        .isLessThanOrEqualTo(counts.poolSize());
    if (!disturbed) {
      assertThat(counts.mapElements()).isEqualTo(held.map().size());
    }
    if (!disturbed && counts.retired() == 0) {
      assertThat(counts.setElements()).isEqualTo(held.reals().size());
    }
  }
}
