package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ClientLimits;
import io.dotp.config.HostRules;
import io.dotp.config.HttpsRecords;
import io.dotp.config.MappingKey;
import io.dotp.config.NatConfig;
import io.dotp.config.NatConfig.Backend;
import io.dotp.config.PoolConfig;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.e2e.Patience;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.NatController.StartResult.Started;
import io.dotp.nat.journal.NoJournal;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.NftBackends;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.nft.TableSpec;
import io.dotp.nat.nft.TableWatch;
import io.dotp.nat.usage.KernelUsage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The mappings of a daemon with the real kernel, put together as the daemon does it. */
final class LiveNat implements AutoCloseable {
  private static final String TABLE = "dotp";

  final NatMetrics metrics = new NatMetrics();
  final NatController controller;
  private final Times times;
  private final TableSpec spec;
  private final Backend backend;
  private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
  private @Nullable TableWatch watch;

  /**
   * What a daemon takes minutes and hours for.
   *
   * @param natTtl whole seconds
   */
  record Times(Duration natTtl, Duration maxLease, Duration quarantine) {
    static Times ofMillis(long natTtl, long maxLease, long quarantine) {
      return new Times(
          Duration.ofMillis(natTtl), Duration.ofMillis(maxLease), Duration.ofMillis(quarantine));
    }

    /** As long as clients that came in time are safe: what an answer's TTL is less than. */
    Duration lease() {
      return natTtl;
    }
  }

  private LiveNat(Backend backend, Times times, @Nullable String ipv4, @Nullable String ipv6) {
    this.backend = backend;
    this.times = times;
    List<IpPrefix> pools =
        Stream.of(ipv4, ipv6).filter(Objects::nonNull).map(LiveNat::prefix).toList();
    spec = new TableSpec(TABLE, KernelRules.plain(pools), times.natTtl());
    controller =
        new NatController(
            settings(ipv4, ipv6),
            new NatKernel(this::open, this::watch, this::usage, this::guard),
            new NoJournal(),
            metrics,
            System::nanoTime);
  }

  private NatSettings settings(@Nullable String ipv4, @Nullable String ipv6) {
    RouteConfig route =
        Routes.nat(
            RouteId.DEFAULT,
            List.of(),
            ipv4 == null ? null : prefix(ipv4),
            ipv6 == null ? null : prefix(ipv6),
            false,
            HttpsRecords.REWRITE,
            null);
    PoolConfig choice = new PoolConfig(MappingKey.ADDRESS, null, List.of(), ClientLimits.NONE);
    NatConfig nat =
        new NatConfig(
            times.natTtl(),
            times.maxLease(),
            Duration.ofSeconds(60),
            times.quarantine(),
            Duration.ofMillis(250),
            TABLE,
            backend,
            choice);
    return new NatSettings(
        nat, List.of(route), HostRules.PRESET, new PoolKey(new byte[PoolKey.BYTES]));
  }

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text));
  }

  static LiveNat start(Backend backend, Times times, @Nullable String ipv4, @Nullable String ipv6) {
    LiveNat nat = new LiveNat(backend, times, ipv4, ipv6);
    assertThat(nat.controller.start()).isInstanceOf(Started.class);
    return nat;
  }

  private OpenResult open() {
    OpenResult result = NftBackends.open(backend, spec, metrics, System::nanoTime);
    if (watch != null && result instanceof OpenResult.Opened opened && opened.managed()) {
      watch.guard(spec);
    }
    return result;
  }

  private void guard(KernelRules rules) {
    Objects.requireNonNull(watch).guard(new TableSpec(TABLE, rules, times.natTtl()));
  }

  private AutoCloseable watch(Runnable listener) {
    TableWatch opened = TableWatch.open(TABLE, metrics, System::nanoTime, listener);
    watch = opened;
    return opened;
  }

  private KernelUsage usage(Runnable listener) {
    return KernelUsage.start(
        new KernelUsage.Settings(TABLE, spec.pools(), times.natTtl().toNanos()),
        metrics,
        System::nanoTime,
        listener);
  }

  /** Other pools from now on. */
  PoolReload reload(@Nullable String ipv4, @Nullable String ipv6) {
    return controller.reload(settings(ipv4, ipv6));
  }

  /** What became of each address. Thread: any. */
  List<Outcome> acquire(List<IpAddress> reals) {
    CompletableFuture<AcquireResult> told = new CompletableFuture<>();
    controller.acquire(Wanted.of(RouteId.DEFAULT, reals), loop, told::complete);
    return told.orTimeout(Patience.LONG.toSeconds(), TimeUnit.SECONDS).join().outcomes();
  }

  /** A mapping that the kernel holds. */
  Mapping mapping(String real) {
    List<Outcome> outcomes = acquire(List.of(Objects.requireNonNull(IpAddress.parse(real))));
    assertThat(outcomes.get(0)).as(real).isInstanceOf(Mapped.class);
    return ((Mapped) outcomes.get(0)).mapping();
  }

  /** Whether nobody is told the fake any more, because the kernel has let go of it. */
  boolean isGone(Mapping mapping) {
    return controller.mappings().byFake(mapping.fake()) == null;
  }

  boolean isGuarded() {
    return watch != null && watch.isGuarded();
  }

  @Override
  public void close() {
    controller.close();
    loop.shutdownNow();
  }
}
