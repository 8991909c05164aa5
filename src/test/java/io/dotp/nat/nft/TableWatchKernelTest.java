package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.adding;
import static io.dotp.nat.nft.Elements.deleting;
import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.OpenResult.Opened;
import io.dotp.nat.nft.TableWatch.Coverage;
import io.dotp.nat.nft.WatchSocket.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel tells of our table and of others. */
@Tag("netns")
class TableWatchKernelTest {
  private final NatMetrics metrics = new NatMetrics();
  private final Semaphore told = new Semaphore(0);
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void checkNamespace() {
    Shell.requirePrivateNamespace();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
    Shell.nft("flush ruleset");
  }

  private TableWatch watching() {
    TableWatch watch = TableWatch.open("dotp", metrics, System::nanoTime, told::release);
    open.add(watch);
    assertThat(watch.coverage()).isEqualTo(Coverage.NOTIFIED);
    return watch;
  }

  private static Source source(int receiveBytes) {
    return new Source(Source.KERNEL.opening(), Source.KERNEL.group(), receiveBytes);
  }

  private Nftables installed(TableSpec spec) {
    Nftables nftables = ((Opened) LibNftables.open(spec, metrics)).nftables();
    open.add(nftables);
    return nftables;
  }

  private void awaitTold() throws InterruptedException {
    assertThat(told.tryAcquire(60, TimeUnit.SECONDS)).as("listener told").isTrue();
  }

  /** Our own change, last in the row: once it is seen, everything before it was. */
  private static void awaitOwn(TableWatch watch, long count) {
    Waiting.until(() -> watch.ownTransactions() >= count, "own transactions seen");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flush ruleset",
        "delete table inet dotp",
        "flush table inet dotp",
        "flush chain inet dotp nat_prerouting",
        "add rule inet dotp nat_prerouting drop",
        "add chain inet dotp stranger",
        "add set inet dotp stranger { typeof ip daddr; }",
        "add counter inet dotp stranger",
        "flush map inet dotp nat_map",
        "add element inet dotp nat_map { 198.18.0.9 : 203.0.113.9 }",
        "delete element inet dotp nat_map { 198.18.0.1 }",
        "add table inet dotp { flags dormant; }",
      })
  void foreignChange_isToldOnce(String change) throws InterruptedException {
    TableWatch watch = watching();
    Nftables nftables = installed(spec("198.18.0.0/15"));
    nftables.commit(adding(map("198.18.0.1", "203.0.113.1")));
    awaitOwn(watch, 1);
    assertThat(told.availablePermits()).isZero();

    Shell.nft(change);

    awaitTold();
    assertThat(metrics.watchOverruns.sum()).isZero();
  }

  @Test
  void ownCommits_areNotTold() {
    TableWatch watch = watching();
    Nftables nftables = installed(spec("198.18.0.0/15", "2001:2::/48"));
    List<NftElement> many = Elements.many(10_000);

    for (int i = 0; i < 50; i++) {
      nftables.commit(adding(map("198.18.0.1", "203.0.113.1")));
      nftables.commit(deleting(map("198.18.0.1", "203.0.113.1")));
    }
    nftables.restore(held(many.stream()));

    awaitOwn(watch, 101);
    assertThat(told.availablePermits()).isZero();
    assertThat(metrics.watchOverruns.sum()).isZero();
  }

  @Test
  void otherTablesChanges_areNotTold() {
    TableWatch watch = watching();
    Nftables nftables = installed(spec("198.18.0.0/15"));
    nftables.commit(adding(map("198.18.0.1", "203.0.113.1")));
    awaitOwn(watch, 1);
    long before = watch.ownTransactions();

    Shell.nft("add table inet dotp2; add chain inet dotp2 c; add rule inet dotp2 c drop");
    Shell.nft("add table ip dotp; add set ip dotp nat_map { typeof ip daddr; }");
    Shell.nft("delete table ip dotp; delete table inet dotp2");
    nftables.commit(deleting(map("198.18.0.1", "203.0.113.1")));

    awaitOwn(watch, before + 1);
    assertThat(told.availablePermits()).isZero();
  }

  @Test
  void trafficAndReading_areNotTold() {
    TableWatch watch = watching();
    Nftables nftables = installed(spec("198.18.0.0/15"));
    nftables.commit(adding(map("198.18.0.1", "203.0.113.1")));
    awaitOwn(watch, 1);
    long before = watch.ownTransactions();

    Shell.nft("list ruleset");
    Shell.outputOf("ip", "addr", "add", "192.0.2.1/32", "dev", "lo");
    Shell.outputOf("ip", "route", "add", "default", "dev", "lo", "src", "192.0.2.1");
    Shell.run("ping", "-n", "-c1", "-W1", "198.18.0.1");
    Shell.outputOf("ip", "route", "del", "default");
    Shell.outputOf("ip", "addr", "del", "192.0.2.1/32", "dev", "lo");
    assertThat(Shell.nft("list set inet dotp used")).contains("198.18.0.1");
    nftables.read();
    nftables.commit(deleting(map("198.18.0.1", "203.0.113.1")));

    awaitOwn(watch, before + 1);
    assertThat(told.availablePermits()).isZero();
  }

  @Test
  void lostNotifications_countAsAChange() throws InterruptedException {
    Semaphore free = new Semaphore(0);
    TableWatch watch =
        TableWatch.open(
            "dotp",
            metrics,
            source(4_096),
            System::nanoTime,
            () -> {
              told.release();
              free.acquireUninterruptibly();
            });
    open.add(watch);
    Shell.nft("add table inet dotp");
    awaitTold();

    // Nobody reads now, so what is told of another table cannot all be kept.
    for (int i = 0; i < 100; i++) {
      Shell.nft("add table inet other; delete table inet other");
    }
    free.release(1_000);

    awaitTold();
    assertThat(metrics.watchOverruns.sum()).isPositive();
  }

  @Test
  void watchAndRestore_flushedAgainAndAgain_comesBackEachTime() throws InterruptedException {
    TableWatch watch = watching();
    Nftables nftables = installed(spec("198.18.0.0/15"));
    KernelElements wanted = held(java.util.stream.Stream.of(map("198.18.0.1", "203.0.113.1")));
    nftables.restore(wanted);
    awaitOwn(watch, 1);

    for (int i = 0; i < 10; i++) {
      Shell.nft("flush ruleset");
      awaitTold();
      assertThat(nftables.restore(wanted)).isEqualTo(new Committed());
      assertThat(Shell.nft("list table inet dotp")).contains("198.18.0.1 : 203.0.113.1");
    }

    assertThat(nftables.read()).isEqualTo(new Nftables.ReadResult.Elements(wanted));
    assertThat(told.availablePermits()).as("told of our own repairs").isZero();
  }
}
