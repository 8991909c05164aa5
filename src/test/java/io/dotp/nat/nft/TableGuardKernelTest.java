package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.OpenResult.Opened;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The second table, held by a socket of this process or of another. */
@Tag("netns")
class TableGuardKernelTest {
  private static final TableSpec SPEC = spec("198.18.0.0/15", "2001:2::/48");

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
    Waiting.until(() -> !isThere(), "guard gone");
  }

  private TableWatch guarding(TableSpec spec) {
    TableWatch watch = TableWatch.open("dotp", new NatMetrics(), System::nanoTime, () -> {});
    open.add(watch);
    watch.guard(spec);
    return watch;
  }

  private static boolean isThere() {
    return Shell.nft("list tables").contains("dotp_guard");
  }

  @Test
  void guard_foreignDeleteAndFlush_stays() {
    TableWatch watch = guarding(SPEC);
    Waiting.until(watch::isGuarded, "guard");

    Shell.Outcome delete = Shell.run("nft", "delete table inet dotp_guard");
    Shell.nft("flush ruleset");

    assertThat(delete.code()).isNotZero();
    assertThat(Shell.nft("list table inet dotp_guard"))
        .contains("ip daddr 198.18.0.0/15 drop", "ip6 daddr 2001:2::/48 drop", "masquerade")
        .contains("flags owner");
  }

  @Test
  void guard_otherPools_replacesItsRules() {
    TableWatch watch = guarding(SPEC);
    Waiting.until(watch::isGuarded, "guard");

    watch.guard(spec("100.64.0.0/24", "100.64.7.0/24"));

    Waiting.until(
        () -> Shell.nft("list table inet dotp_guard").contains("100.64.7.0/24 drop"), "new pools");
    assertThat(Shell.nft("list table inet dotp_guard"))
        .contains("100.64.0.0/24 drop")
        .doesNotContain("198.18", "2001:2");
  }

  @Test
  void close_guardGoes() {
    TableWatch watch = guarding(SPEC);
    Waiting.until(watch::isGuarded, "guard");

    watch.close();

    Waiting.until(() -> !isThere(), "guard gone");
  }

  @Test
  void processKilled_guardGoesAndTheNextHasItsOwn() {
    String java = System.getProperty("java.home") + "/bin/java";
    Process holder =
        Shell.start(java, "-cp", System.getProperty("java.class.path"), Holder.class.getName());
    open.add(holder::destroyForcibly);
    assertThat(isThere()).isTrue();

    TableWatch watch = guarding(SPEC);
    assertThat(watch.isGuarded()).isFalse();
    holder.destroyForcibly();

    Waiting.until(watch::isGuarded, "guard of the next");
    Shell.nft("flush ruleset");
    assertThat(isThere()).isTrue();
  }

  @Test
  void restore_besideTheGuard_works() {
    TableWatch watch = guarding(SPEC);
    Waiting.until(watch::isGuarded, "guard");
    Nftables nftables = ((Opened) LibNftables.open(SPEC, new NatMetrics())).nftables();
    open.add(nftables);
    KernelElements wanted = held(java.util.stream.Stream.of(map("198.18.0.1", "203.0.113.1")));
    Shell.nft("flush ruleset");

    CommitResult result = nftables.restore(wanted);

    assertThat(result).isEqualTo(new CommitResult.Committed());
    assertThat(Shell.nft("list tables").lines())
        .contains("table inet dotp", "table inet dotp_guard");
  }

  /** Holds a guard until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws InterruptedException {
      TableWatch watch = TableWatch.open("dotp", new NatMetrics(), System::nanoTime, () -> {});
      watch.guard(SPEC);
      Waiting.until(watch::isGuarded, "guard");
      System.out.println("ready");
      Thread.currentThread().join();
    }
  }
}
