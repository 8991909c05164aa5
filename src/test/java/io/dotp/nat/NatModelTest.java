package io.dotp.nat;

import static io.dotp.nat.WriterRig.TTL;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ClientLimits;
import io.dotp.config.MappingKey;
import io.dotp.config.PoolConfig;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.WriterRig.Answer;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.CommitResult;
import io.dotp.nat.nft.KernelElements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.jspecify.annotations.Nullable;

/**
 * Random queries, time, refusals, strangers and restarts. The model is a plain map of what clients
 * were told and when; after every step nothing that they may still remember leads elsewhere.
 */
class NatModelTest {
  private static final int REALS = 25;
  private static final int CLIENTS = 3;
  private static final int MOST_OF_A_CLIENT = 5;
  private static final int CAPACITY = 20;
  private static final IpPrefix RESERVE = new IpPrefix(IpAddress.ofIpv4(0xc6120004), 31);

  /** Adopted ones stand there until their lease ends, and at both ends of both pools. */
  private static final int RESERVED = 6;

  private static final List<@Nullable DomainName> NAMES =
      Arrays.asList(null, DomainName.parse("a.example"), DomainName.parse("b.example"));

  /** What reloads choose from for each route that is there: neighbours, halves and a whole. */
  private static final List<List<String>> POOLS =
      List.of(
          List.of("198.18.0.0/28", "198.18.0.0/29", "198.18.0.8/29", "198.18.0.32/28"),
          List.of("198.18.0.16/29", "198.18.0.24/29", "198.18.0.16/28"),
          List.of("198.18.0.16/28", "198.18.0.48/29"));

  private static final List<RouteId> ROUTES = List.of(Routes.id(0), Routes.id(1), Routes.id(2));

  private static final int STEPS = 300;
  private static final Duration SHORTEST_REST = Duration.ofMinutes(2);

  /** What a client was told last about a fake. */
  private record Promise(
      RouteId route, @Nullable DomainName name, IpAddress real, long atNanos, int run) {
    boolean isTo(Mapping mapping) {
      return route.equals(mapping.route())
          && Objects.equals(name, mapping.name())
          && real.equals(mapping.real());
    }
  }

  private final Map<IpAddress, Promise> promises = new HashMap<>();
  private ModelKernel kernel = new ModelKernel(0);
  private ModelJournal journal = new ModelJournal(() -> 0);
  private WriterRig rig = WriterRig.started();

  /** Fakes whose record the journal lost. */
  private final Set<IpAddress> lost = new HashSet<>();

  /** Open connections, fake to real: they live in connection tracking, whatever the map says. */
  private final Map<IpAddress, IpAddress> flows = new HashMap<>();

  private Random random = new Random();
  private int run;

  /** Whether somebody else wrote to the table and we cannot know yet. */
  private boolean disturbed;

  private boolean refusing;

  private MappingKey mappingKey = MappingKey.ADDRESS;

  /** In force, by route; null for one that is not there. */
  private List<@Nullable String> pools = List.of();

  /** Whether pools may drain beside those in force. */
  private boolean reloaded;

  @Property(tries = 150)
  void nat_randomOperations_keepsEveryPromise(@ForAll long seed, @ForAll MappingKey key) {
    random = new Random(seed);
    mappingKey = key;
    kernel = new ModelKernel(CAPACITY);
    journal = new ModelJournal(() -> 0);
    flows.clear();
    lost.clear();
    promises.clear();
    refusing = false;
    pools = Arrays.asList(POOLS.get(0).get(0), POOLS.get(1).get(0), null);
    restart(1_000_000_000L);

    for (int i = 0; i < STEPS; i++) {
      step();
      check();
    }
  }

  private void step() {
    long resyncs = rig.metrics.resyncs.sum();
    switch (random.nextInt(19)) {
      case 0, 1, 2, 3, 4, 5 -> acquire();
      case 6, 7, 8 -> rig.passAndRun(Duration.ofMillis(random.nextInt(60_000)));
      case 9 -> rig.passAndRun(Duration.ofSeconds(random.nextInt(600)));
      case 10 -> refuse();
      case 11 -> disturb();
      case 12 -> toggleRefusal();
      case 13, 14 -> send();
      case 15 -> connect();
      case 16 -> flows.keySet().removeIf(fake -> random.nextBoolean());
      case 17 -> reload();
      default -> {
        if (!refusing && random.nextInt(4) == 0) {
          restart(rig.now);
        }
      }
    }
    rig.usage.flows.clear();
    rig.usage.flows.addAll(flows.keySet());
    if (rig.metrics.resyncs.sum() > resyncs && rig.writer.status().inStep()) {
      disturbed = false;
    }
  }

  private void acquire() {
    RouteId route = ROUTES.get(random.nextInt(ROUTES.size()));
    List<IpAddress> reals = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      reals.add(real(random.nextInt(REALS)));
    }
    boolean named = mappingKey == MappingKey.NAME_ADDRESS;
    DomainName name = named ? NAMES.get(random.nextInt(NAMES.size())) : null;
    IpAddress client = random.nextBoolean() ? null : IpAddress.ofIpv4(random.nextInt(CLIENTS));
    List<Outcome> outcomes = new ArrayList<>();
    for (IpAddress each : reals) {
      Mapping live = rig.table.byOwner(route, name, each);
      if (live != null && live.tryRenew(rig.now, TTL.toNanos())) {
        outcomes.add(new Mapped(live));
      }
    }
    if (outcomes.size() < reals.size()) {
      long resyncs = rig.metrics.resyncs.sum();
      Answer answer = rig.acquire(new Wanted(route, name, reals, client));
      outcomes = answer.outcomes();
      disturbed &= rig.metrics.resyncs.sum() == resyncs || !rig.writer.status().inStep();
    }
    for (int i = 0; i < reals.size(); i++) {
      if (outcomes.get(i) instanceof Mapped mapped) {
        promise(new Promise(route, name, reals.get(i), rig.now, run), mapped.mapping());
      }
    }
  }

  private void promise(Promise promise, Mapping mapping) {
    assertThat(promise.isTo(mapping)).isTrue();
    assertThat(RESERVE.contains(mapping.fake())).isFalse();
    assertThat(mapping.leaseLeftNanos(rig.now)).isGreaterThanOrEqualTo(TTL.toNanos());
    if (!disturbed) {
      assertThat(kernel.realOf(mapping.fake())).isEqualTo(promise.real());
    }
    Promise before = promises.put(mapping.fake(), promise);
    if (before != null && !before.isTo(mapping)) {
      // Without its journal a restart forgets who rests, and keeps who lives. It counts in ms.
      boolean known = before.run() == run || !lost.contains(mapping.fake());
      Duration rest = known ? SHORTEST_REST.minusMillis(1) : Duration.ZERO;
      assertThat(rig.now - before.atNanos()).isGreaterThanOrEqualTo(TTL.plus(rest).toNanos());
    }
    lost.remove(mapping.fake());
  }

  /** Packets to a fake: it counts as in use for a while. */
  private void send() {
    kernel
        .elements()
        .map()
        .keySet()
        .forEach(
            fake -> {
              if (random.nextInt(4) == 0) {
                rig.usage.usedUntil.put(fake, rig.now + TTL.toNanos());
              }
            });
  }

  /** Connections that stay open. */
  private void connect() {
    kernel
        .elements()
        .map()
        .forEach(
            (fake, real) -> {
              Promise promise = promises.get(fake);
              boolean told = promise != null && promise.real().equals(real);
              if (told && random.nextInt(8) == 0) {
                flows.putIfAbsent(fake, real);
              }
            });
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
    if (random.nextBoolean()) {
      rig.doubt.raise();
    }
    if (random.nextBoolean() && !fakes.isEmpty()) {
      kernel.remove(fakes.get(random.nextInt(fakes.size())));
      return;
    }
    IpAddress fake = IpAddress.ofIpv4(0xc6120001 + random.nextInt(14));
    boolean free = !promises.containsKey(fake) && !flows.containsKey(fake) && !fakes.contains(fake);
    if (free && fakes.size() < CAPACITY) {
      kernel.put(fake, real(REALS + random.nextInt(5)));
    }
  }

  private NatSettings settings(List<@Nullable String> prefixes) {
    PoolConfig pool =
        new PoolConfig(mappingKey, null, List.of(RESERVE), new ClientLimits(MOST_OF_A_CLIENT, 100));
    NatSettings usual = WriterRig.settings(pool, prefixes.toArray(new @Nullable String[0]));
    List<RouteConfig> routes = new ArrayList<>(usual.routes());
    Collections.shuffle(routes, random);
    return new NatSettings(usual.nat(), routes, usual.host(), usual.poolKey());
  }

  private void reload() {
    List<@Nullable String> next = new ArrayList<>();
    for (List<String> choices : POOLS) {
      boolean there = random.nextInt(4) > 0;
      String chosen = choices.get(random.nextInt(choices.size()));
      next.add(there && !overlapsAny(chosen, next) ? chosen : null);
    }
    if (rig.writer.canReload() && rig.writer.reload(settings(next)) instanceof PoolReload.Done) {
      pools = next;
      reloaded = true;
    }
    rig.run();
  }

  /** No configuration has such pools. */
  private static boolean overlapsAny(String pool, List<@Nullable String> others) {
    IpPrefix prefix = Objects.requireNonNull(IpPrefix.parse(pool));
    return others.stream()
        .filter(Objects::nonNull)
        .anyMatch(other -> prefix.overlaps(Objects.requireNonNull(IpPrefix.parse(other))));
  }

  /** Whether a pool gives the fake, or gave it and drains. */
  private boolean isOfAPool(IpAddress fake) {
    return pools.stream()
            .filter(Objects::nonNull)
            .anyMatch(pool -> Objects.requireNonNull(IpPrefix.parse(pool)).contains(fake))
        || journal.pools.keySet().stream().anyMatch(pool -> pool.contains(fake));
  }

  private void restart(long now) {
    // Of a pool that has drained nothing is in the kernel, and its rests are looked at by others.
    promises.keySet().removeIf(fake -> !isOfAPool(fake));
    flows.keySet().removeIf(fake -> !isOfAPool(fake));
    // A journal that lost something now and then.
    journal.entries.keySet().removeIf(fake -> random.nextInt(8) == 0 && lost.add(fake));
    // A fake at rest that nobody knows of any more is free.
    flows.keySet().removeIf(fake -> lost.contains(fake) && kernel.realOf(fake) == null);
    WriterRig next = new WriterRig(kernel, settings(pools), journal);
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
    next.usage.usedUntil.putAll(rig.usage.usedUntil);
    next.usage.flows.addAll(flows.keySet());
    rig = next;
    disturbed = false;
    reloaded = journal.pools.size() > poolsInForce();
    run++;
  }

  /** The first route has one of IPv6 as well. */
  private long poolsInForce() {
    return pools.stream().filter(Objects::nonNull).count() + (pools.get(0) == null ? 0 : 1);
  }

  private void check() {
    KernelElements held = kernel.elements();
    if (!disturbed) {
      assertThat(new HashSet<>(held.map().values())).isEqualTo(held.reals());
    }
    Set<Tuple2<RouteId, IpAddress>> owners = new HashSet<>();
    for (RouteId route : ROUTES) {
      for (int i = 0; i < REALS + 5; i++) {
        for (DomainName name : NAMES) {
          Mapping mapping = rig.table.byOwner(route, name, real(i));
          if (mapping != null) {
            assertThat(owners.add(Tuple.of(route, mapping.fake()))).isTrue();
            assertThat(rig.table.byFake(mapping.fake())).isSameAs(mapping);
            assertThat(disturbed || real(i).equals(held.map().get(mapping.fake()))).isTrue();
          }
        }
      }
    }
    checkPromises(held);
    checkFlows(held);
    checkCounts(held);
  }

  /** A fake that a connection goes to leads to that connection's server, or nowhere. */
  private void checkFlows(KernelElements held) {
    if (!disturbed) {
      flows.forEach(
          (fake, real) -> assertThat(held.map().getOrDefault(fake, real)).isEqualTo(real));
    }
  }

  /** Whatever a client can still remember leads to where it was told, or nowhere. */
  private void checkPromises(KernelElements held) {
    promises.forEach(
        (fake, promise) -> {
          boolean inUse = rig.usage.usedUntil.getOrDefault(fake, rig.now) - rig.now > 0;
          long age = rig.now - promise.atNanos();
          boolean remembered = age < TTL.toNanos() || (inUse && held.map().containsKey(fake));
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
    if (!reloaded) {
      assertThat(counts.live() + counts.quarantined() + counts.retired())
          .isLessThanOrEqualTo(counts.poolSize() + RESERVED);
    }
    if (!disturbed) {
      assertThat(counts.mapElements()).isEqualTo(held.map().size());
    }
    if (!disturbed && counts.retired() == 0) {
      assertThat(counts.setElements()).isEqualTo(held.reals().size());
    }
  }
}
