package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.NatConfig.Backend;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.NatKernel;
import io.dotp.nat.nft.NftBackends;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.nft.TableSpec;
import io.dotp.nat.nft.TableWatch;
import io.dotp.nat.usage.KernelUsage;
import io.dotp.nat.usage.Usage;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's side of the mappings: the watch, then the table, then who uses it. Thread: dotp-nat,
 * but for the constructor.
 */
final class NatStart {
  private final Backend backend;
  private final TableSpec spec;
  private final long leaseNanos;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private @Nullable TableWatch watch;
  private boolean managed;

  NatStart(Config config, TableSpec spec, NatMetrics metrics, LongSupplier nanoClock) {
    this.backend = config.nat().backend();
    this.spec = spec;
    this.leaseNanos = config.nat().natTtl().toNanos();
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  NatKernel kernel() {
    return backend == Backend.NONE
        ? NatKernel.pretended(this::open, nanoClock)
        : new NatKernel(this::open, this::watch, this::usage, this::pools);
  }

  private OpenResult open() {
    OpenResult result = NftBackends.open(backend, spec, metrics, nanoClock);
    // An administrator who brings rules of his own gets no table that he did not ask for.
    if (watch != null && result instanceof OpenResult.Opened opened && opened.managed()) {
      managed = true;
      watch.guard(spec);
    }
    return result;
  }

  private void pools(List<IpPrefix> pools) {
    if (watch != null && managed) {
      watch.guard(new TableSpec(spec.table(), pools, spec.usedTimeout()));
    }
  }

  private AutoCloseable watch(Runnable listener) {
    TableWatch opened = TableWatch.open(spec.table(), metrics, nanoClock, listener);
    watch = opened;
    return opened;
  }

  private Usage usage(Runnable listener) {
    return KernelUsage.start(
        new KernelUsage.Settings(spec.table(), spec.pools(), leaseNanos),
        metrics,
        nanoClock,
        listener);
  }
}
