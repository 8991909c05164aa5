package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.adding;
import static io.dotp.nat.nft.Elements.deleting;
import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.nat.nft.OpenResult.Opened;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The choice of a backend at the start, and the fallback. */
@Tag("netns")
class AutoBackendTest {
  private final NatMetrics metrics = new NatMetrics();
  private final AtomicLong clock = new AtomicLong();
  private @Nullable NetlinkNftables nftables;

  @BeforeEach
  void checkNamespace() {
    Shell.requirePrivateNamespace();
  }

  @AfterEach
  void removeTables() {
    if (nftables != null) {
      nftables.close();
    }
    Shell.nft("flush ruleset");
  }

  private NetlinkNftables opened() {
    OpenResult result =
        NftBackends.open(Backend.AUTO, spec("198.18.0.0/15", "2001:2::/48"), metrics, clock::get);
    NetlinkNftables opened = (NetlinkNftables) ((Opened) result).nftables();
    nftables = opened;
    return opened;
  }

  @Test
  void open_onThisKernel_choosesNetlinkAndLeavesNothingBehind() {
    NetlinkNftables auto = opened();

    assertThat(auto.elements()).isNotNull();
    assertThat(Shell.nft("list table inet dotp")).doesNotContain("elements");
  }

  @Test
  void open_fullTable_choosesNetlink() {
    Shell.nft(
        "add table inet dotp; add map inet dotp nat_map { typeof ip daddr : ip daddr; size 1; };"
            + "add set inet dotp nat_addr { typeof ip daddr; };"
            + "add map inet dotp nat_map6 { typeof ip6 daddr : ip6 daddr; };"
            + "add set inet dotp nat_addr6 { typeof ip6 daddr; };"
            + "add element inet dotp nat_map { 198.18.0.1 : 203.0.113.1 }");

    NetlinkNftables auto = opened();

    assertThat(auto.elements()).isNotNull();
    assertThat(auto.read())
        .isEqualTo(new ReadResult.Elements(held(Stream.of(map("198.18.0.1", "203.0.113.1")))));
  }

  @Test
  void commit_refusedByTheKernel_staysWithNetlink() {
    NetlinkNftables auto = opened();

    CommitResult result = auto.commit(deleting(map("198.18.0.1", "203.0.113.1")));

    assertThat(result).isInstanceOf(Rejected.class);
    assertThat(auto.elements()).isNotNull();
    assertThat(metrics.netlinkFallbacks.sum()).isZero();
  }

  @Test
  void commit_socketBroken_libnftablesTakesOver() {
    NetlinkNftables auto = opened();
    NftTransaction transaction = adding(map("198.18.0.1", "203.0.113.1"));
    Objects.requireNonNull(auto.elements()).socket().close();

    CommitResult first = auto.commit(transaction);
    CommitResult second = auto.commit(adding(map("198.18.0.2", "203.0.113.2")));

    assertThat(first).isInstanceOf(Committed.class);
    assertThat(second).isInstanceOf(Committed.class);
    assertThat(auto.elements()).isNull();
    assertThat(metrics.netlinkFallbacks.sum()).isEqualTo(1);
    assertThat(((ReadResult.Elements) auto.read()).elements().map()).hasSize(2);
  }

  @Test
  void commit_someTimeAfterTheSocketBroke_isNetlinksAgain() {
    NetlinkNftables auto = opened();
    Objects.requireNonNull(auto.elements()).socket().close();
    auto.commit(adding(map("198.18.0.1", "203.0.113.1")));

    clock.addAndGet(TimeUnit.MINUTES.toNanos(5) - 1);
    auto.commit(adding(map("198.18.0.2", "203.0.113.2")));
    boolean early = auto.elements() != null;
    clock.addAndGet(1);
    CommitResult result = auto.commit(adding(map("198.18.0.3", "203.0.113.3")));

    assertThat(early).isFalse();
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(auto.elements()).isNotNull();
    assertThat(((ReadResult.Elements) auto.read()).elements().map()).hasSize(3);
    assertThat(metrics.netlinkFallbacks.sum()).isEqualTo(1);
  }

  @Test
  void read_socketBroken_libnftablesTakesOver() {
    NetlinkNftables auto = opened();
    Objects.requireNonNull(auto.elements()).socket().close();

    assertThat(auto.read()).isEqualTo(new ReadResult.Elements(held(Stream.of())));
    assertThat(metrics.netlinkFallbacks.sum()).isEqualTo(1);
  }
}
