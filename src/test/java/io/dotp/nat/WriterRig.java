package io.dotp.nat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HostRules;
import io.dotp.config.HttpsRecords;
import io.dotp.config.NatConfig;
import io.dotp.config.PoolConfig;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.AcquireResult.Refused;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.nat.nft.OpenResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A writer without its thread: the test turns the cycles, the clock and the loop. */
final class WriterRig {
  static final RouteId FIRST = RouteId.DEFAULT;
  static final RouteId SECOND = Routes.id(1);
  static final Duration TTL = Duration.ofMinutes(2);
  static final Duration QUARANTINE = Duration.ofHours(1);

  final ModelKernel kernel;
  final ModelUsage usage;
  final ModelJournal journal;
  final NatMetrics metrics = new NatMetrics();
  final ManualLoop loop = new ManualLoop();
  final RequestQueue queue = new RequestQueue(100_000);
  final MappingTable table = new MappingTable();
  final NatWriter writer;
  final Doubt doubt = new Doubt();

  /** Prefixes of the rules, as the guard was told of them. */
  final List<List<IpPrefix>> told = new ArrayList<>();

  long now = 1_000_000_000_000L;

  WriterRig(ModelKernel kernel, NatSettings settings) {
    this(kernel, settings, new ModelJournal(() -> 0));
  }

  /** With the journal of an earlier run. */
  WriterRig(ModelKernel kernel, NatSettings settings, ModelJournal journal) {
    this.kernel = kernel;
    this.usage = new ModelUsage(() -> now);
    this.journal = journal;
    journal.clock(() -> now);
    writer =
        new NatWriter(
            settings,
            (OpenResult.Opened) kernel.opened(),
            table.writer(),
            new NatNeighbours(usage, journal, rules -> told.add(rules.prefixes())),
            doubt,
            metrics,
            () -> now);
  }

  /** Two routes of an IPv4 and an IPv6 pool each, and what an empty kernel holds. */
  static WriterRig started() {
    return started(new ModelKernel(10_000));
  }

  static WriterRig started(ModelKernel kernel) {
    WriterRig rig = new WriterRig(kernel, settings("198.18.0.0/20", "198.18.16.0/20"));
    assertThat(rig.adopt()).isInstanceOf(NatController.StartResult.Started.class);
    return rig;
  }

  static NatSettings settings(String... ipv4Pools) {
    return settings(PoolConfig.PRESET, ipv4Pools);
  }

  /**
   * @param ipv4Pools of the routes in their places; null for one that is not there
   */
  static NatSettings settings(PoolConfig choice, @Nullable String... ipv4Pools) {
    List<RouteConfig> routes = new ArrayList<>();
    for (int i = 0; i < ipv4Pools.length; i++) {
      RouteId id = Routes.id(i);
      String pool = ipv4Pools[i];
      if (pool == null) {
        continue;
      }
      routes.add(
          Routes.nat(
              id,
              List.of(),
              IpPrefix.parse(pool),
              id.equals(FIRST) ? IpPrefix.parse("2001:2:0:1::/64") : null,
              false,
              HttpsRecords.REWRITE,
              null));
    }
    return new NatSettings(
        new NatConfig(
            TTL,
            Duration.ofDays(1),
            Duration.ofMinutes(1),
            QUARANTINE,
            Duration.ofMillis(250),
            "dotp",
            NatConfig.Backend.NONE,
            choice),
        routes,
        HostRules.PRESET,
        new PoolKey(new byte[PoolKey.BYTES]));
  }

  /** Takes over what kernel and journal have. */
  NatController.StartResult adopt() {
    return writer.adopt();
  }

  static IpAddress real(int number) {
    return IpAddress.ofIpv4(0xcb000000 + number);
  }

  static IpAddress ipv6Real(int number) {
    return IpAddress.ofIpv6(0x2001_0db8_0000_0000L, number);
  }

  static IpAddress address(String text) {
    return requireNonNull(IpAddress.parse(text));
  }

  /** Filled in when the loop is told. */
  static final class Answer {
    private @Nullable AcquireResult result;
    private int times;

    boolean isThere() {
      return result != null;
    }

    List<Outcome> outcomes() {
      assertThat(times).isEqualTo(1);
      return requireNonNull(result).outcomes();
    }

    Mapping mapping(int index) {
      assertThat(outcomes().get(index)).isInstanceOf(Mapped.class);
      return ((Mapped) outcomes().get(index)).mapping();
    }

    Mapping mapping() {
      assertThat(outcomes()).hasSize(1);
      return mapping(0);
    }

    Cause cause(int index) {
      assertThat(outcomes().get(index)).isInstanceOf(Refused.class);
      return ((Refused) outcomes().get(index)).cause();
    }

    Cause cause() {
      assertThat(outcomes()).hasSize(1);
      return cause(0);
    }

    void accept(AcquireResult told) {
      result = told;
      times++;
    }
  }

  /** Puts a request in the queue, as an event loop does that found nothing alive. */
  Answer request(Wanted wanted) {
    Answer answer = new Answer();
    @Nullable Outcome[] early = new Outcome[wanted.reals().size()];
    AcquireRequest request =
        new AcquireRequest(wanted, early, loop, answer::accept, doubt, metrics);
    assertThat(queue.offer(request)).isEqualTo(RequestQueue.Offer.TAKEN);
    return answer;
  }

  Answer request(IpAddress... reals) {
    return request(Wanted.of(FIRST, List.of(reals)));
  }

  /** Requests and has it answered. */
  Answer acquire(IpAddress... reals) {
    return acquire(FIRST, List.of(reals));
  }

  Answer acquire(RouteId route, List<IpAddress> reals) {
    return acquire(Wanted.of(route, reals));
  }

  Answer acquire(Wanted wanted) {
    Answer answer = request(wanted);
    run();
    return answer;
  }

  /** Cycles until nothing is left to do now; while somebody is left waiting, time passes. */
  void run() {
    int cycles = 0;
    while (writer.cycle(queue) || restsBefore(writer.nanosOfRest())) {
      assertThat(++cycles).isLessThan(10_000);
    }
    loop.runTasks();
  }

  private boolean restsBefore(long nanos) {
    if (nanos == 0 || !writer.isBehind(queue)) {
      return false;
    }
    now += nanos;
    return true;
  }

  void pass(Duration time) {
    now += time.toNanos();
  }

  /** Lets {@code time} pass and does what has come due. */
  void passAndRun(Duration time) {
    pass(time);
    run();
  }

  /** The longest that an unrenewed mapping lives. */
  void expireAll() {
    passAndRun(TTL.plusSeconds(2));
  }
}
