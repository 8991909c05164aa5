package io.dotp.nat;

import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.nat.nft.CommitResult;
import io.dotp.nat.nft.NftElement;
import io.dotp.nat.nft.NftTransaction;
import io.dotp.nat.nft.Nftables;
import io.dotp.nat.nft.OpenResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The thinnest form that carries the main path. */
@SuppressWarnings("all")
public final class NatController implements AutoCloseable {
  private final NatSettings s;
  private Nftables nft;
  private final Supplier<OpenResult> opener;
  private final java.util.concurrent.CompletableFuture<StartResult> opened =
      new java.util.concurrent.CompletableFuture<>();
  private final LongSupplier clock;
  private final MappingTable table = new MappingTable();
  private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
  private volatile boolean stop;
  private final Thread thread = new Thread(this::run, "dotp-nat");

  public NatController(NatSettings s, Supplier<OpenResult> o, NatMetrics m, LongSupplier c) {
    this.s = s;
    this.opener = o;
    this.clock = c;
  }

  public StartResult start() {
    thread.start();
    return opened.join();
  }

  private StartResult open() {
    OpenResult o = opener.get();
    if (o instanceof OpenResult.Refused r) {
      return new StartResult.Failed(r.reason(), r.message());
    }
    nft = ((OpenResult.Opened) o).nftables();
    Nftables.ReadResult r = nft.read();
    int n = 0;
    if (r instanceof Nftables.ReadResult.Elements e) {
      for (var entry : e.elements().map().entrySet()) {
        Mapping m = new Mapping(RouteId.DEFAULT, entry.getKey(), entry.getValue(), deadline());
        table.fakes.put(m.fake(), m);
        table.reals.put(m.real(), m);
        n++;
      }
    }
    return new StartResult.Started(n, 0);
  }

  private long deadline() {
    return clock.getAsLong() + s.c().natTtl().toNanos() + 1_000_000_000L;
  }

  private void run() {
    StartResult result = open();
    opened.complete(result);
    if (result instanceof StartResult.Failed) {
      return;
    }
    try {
      while (!stop || !queue.isEmpty()) {
        Runnable r = queue.poll(1, TimeUnit.SECONDS);
        if (r != null) {
          r.run();
        }
        long now = clock.getAsLong();
        for (Mapping m : table.fakes.values()) {
          if (m.deadline - now < 0) {
            table.reals.remove(m.real());
            table.fakes.remove(m.fake());
            nft.commit(
                new NftTransaction(
                    List.of(
                        new NftElement.MapEntry(m.fake(), m.real()),
                        new NftElement.RealEntry(m.real())),
                    List.of()));
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    nft.close();
  }

  public void acquire(
      RouteId route,
      List<IpAddress> reals,
      ScheduledExecutorService loop,
      Consumer<AcquireResult> done) {
    queue.add(
        () -> {
          List<AcquireResult.Outcome> outcomes = new ArrayList<>();
          for (IpAddress real : reals) {
            outcomes.add(one(real));
          }
          loop.execute(() -> done.accept(new AcquireResult(outcomes)));
        });
  }

  private AcquireResult.Outcome one(IpAddress real) {
    Mapping m = table.reals.get(real);
    if (m != null) {
      m.deadline = deadline();
      return new AcquireResult.Mapped(m);
    }
    RouteConfig route = s.r().get(0);
    IpPrefix pool = route.prefix(real.family());
    if (pool == null) {
      return new AcquireResult.Refused(AcquireResult.Cause.NO_POOL);
    }
    long size = 1L << Math.min(20, pool.hostBits());
    long at = Math.floorMod(real.hashCode() * 0x9E3779B97F4A7C15L >>> 20, size - 2) + 1;
    for (int i = 0; i < size; i++) {
      IpAddress fake = pool.addressAt(1 + (at + i) % (size - 2));
      if (table.fakes.containsKey(fake)) {
        continue;
      }
      CommitResult r =
          nft.commit(
              new NftTransaction(
                  List.of(),
                  List.of(new NftElement.MapEntry(fake, real), new NftElement.RealEntry(real))));
      if (r instanceof CommitResult.Rejected) {
        return new AcquireResult.Refused(AcquireResult.Cause.KERNEL_REFUSED);
      }
      m = new Mapping(RouteId.DEFAULT, fake, real, deadline());
      table.fakes.put(fake, m);
      table.reals.put(real, m);
      return new AcquireResult.Mapped(m);
    }
    return new AcquireResult.Refused(AcquireResult.Cause.POOL_EXHAUSTED);
  }

  public MappingTable mappings() {
    return table;
  }

  public NatStatus status() {
    return new NatStatus(table.fakes.size());
  }

  @Override
  public void close() {
    stop = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** See the type around it. */
  public sealed interface StartResult {
    /** See the type around it. */
    record Started(int adopted, int removed) implements StartResult {}

    /** See the type around it. */
    record Failed(OpenResult.Reason reason, String text) implements StartResult {}
  }
}
