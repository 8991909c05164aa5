package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.SECOND;
import static io.dotp.nat.WriterRig.TTL;
import static io.dotp.nat.WriterRig.address;
import static io.dotp.nat.WriterRig.real;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.NatController.StartResult;
import io.dotp.nat.journal.Retirement;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.CommitResult;
import io.dotp.nat.nft.OpenResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an earlier run left, and what becomes of it. */
class AdoptionTest {
  private final ModelKernel kernel = new ModelKernel(200_000);

  private WriterRig rig() {
    return new WriterRig(kernel, WriterRig.settings("198.18.0.0/20", "198.18.16.0/20"));
  }

  @Test
  void adopt_emptyKernel_commitsNothing() {
    StartResult result = rig().adopt();

    assertThat(result).isEqualTo(new StartResult.Started(0, 0, 0));
    assertThat(kernel.commits()).isZero();
  }

  @Test
  void adopt_pairsInsidePools_liveWithAFreshLease() {
    kernel.put(address("198.18.0.7"), real(1));
    kernel.put(address("198.18.16.7"), real(1));
    WriterRig rig = rig();

    StartResult result = rig.adopt();

    Mapping first = requireNonNull(rig.table.byReal(FIRST, real(1)));
    Mapping second = requireNonNull(rig.table.byReal(SECOND, real(1)));
    assertThat(result).isEqualTo(new StartResult.Started(2, 0, 0));
    assertThat(first.fake()).isEqualTo(address("198.18.0.7"));
    assertThat(second.fake()).isEqualTo(address("198.18.16.7"));
    assertThat(first.leaseLeftNanos(rig.now)).isGreaterThanOrEqualTo(TTL.toNanos());
    assertThat(rig.acquire(real(1)).mapping()).isSameAs(first);
    assertThat(kernel.commits()).isZero();
  }

  @Test
  void adopt_staleJournal_restsAsNobodysAlsoInTheNextRun() {
    WriterRig before = rig();
    before.adopt();
    IpAddress live = before.acquire(real(1)).mapping().fake();
    IpAddress rested = before.acquire(real(2)).mapping().fake();
    IpAddress held = before.acquire(real(3)).mapping().fake();
    ModelJournal journal = before.journal;
    journal.retiring(List.of(new Retirement(rested, real(2), "default")));
    kernel.flush();
    kernel.put(held, real(3));
    journal.stale = true;

    WriterRig stale =
        new WriterRig(kernel, WriterRig.settings("198.18.0.0/20", "198.18.16.0/20"), journal);
    StartResult result = stale.adopt();
    journal.stale = false;
    WriterRig next =
        new WriterRig(kernel, WriterRig.settings("198.18.0.0/20", "198.18.16.0/20"), journal);
    next.adopt();

    assertThat(result).isEqualTo(new StartResult.Started(1, 0, 0));
    for (WriterRig rig : List.of(stale, next)) {
      assertThat(rig.acquire(real(3)).mapping().fake()).isEqualTo(held);
      assertThat(rig.acquire(real(1)).mapping().fake()).isNotIn(live, rested);
      assertThat(rig.acquire(real(2)).mapping().fake()).isNotIn(live, rested);
    }
    assertThat(stale.table.byFake(live)).isNull();
  }

  @Test
  void adopt_pairsOutsidePools_areRemovedAndTheSetIsRebuiltInOneTransaction() {
    kernel.put(address("198.18.0.7"), real(1));
    kernel.put(address("198.19.0.7"), real(2));
    kernel.put(address("2001:2::7"), WriterRig.ipv6Real(2));
    kernel.putReal(real(3));
    WriterRig rig = rig();

    StartResult result = rig.adopt();

    assertThat(result).isEqualTo(new StartResult.Started(1, 2, 0));
    assertThat(kernel.elements().map()).isEqualTo(Map.of(address("198.18.0.7"), real(1)));
    assertThat(kernel.elements().reals()).containsExactly(real(1));
    assertThat(kernel.commits()).isEqualTo(1);
    assertThat(rig.metrics.foreignRemoved.sum()).isEqualTo(2);
  }

  @Test
  void adopt_setElementMissing_isAdded() {
    kernel.put(address("198.18.0.7"), real(1));
    kernel.flush();
    kernel.put(address("198.18.0.7"), real(1));
    kernel.put(address("198.18.0.8"), real(1));
    WriterRig rig = rig();
    rig.adopt();

    rig.expireAll();

    assertThat(kernel.elements().map()).isEmpty();
    assertThat(kernel.elements().reals()).isEmpty();
  }

  @Test
  void adopt_twoFakesOfOneReal_bothWorkAndOneIsGivenOut() {
    kernel.put(address("198.18.0.7"), real(1));
    kernel.put(address("198.18.0.8"), real(1));
    WriterRig rig = rig();

    StartResult result = rig.adopt();

    Mapping owner = rig.acquire(real(1)).mapping();
    assertThat(result).isEqualTo(new StartResult.Started(2, 0, 1));
    assertThat(kernel.elements().map()).hasSize(2);
    assertThat(rig.table.byFake(address("198.18.0.7"))).isNotNull();
    assertThat(rig.table.byFake(address("198.18.0.8"))).isNotNull();
    rig.pass(TTL.minusSeconds(10));
    rig.acquire(real(1));
    owner.tryRenew(rig.now, TTL.toNanos());
    rig.passAndRun(TTL.minusSeconds(10));
    assertThat(kernel.elements().map()).isEqualTo(Map.of(owner.fake(), real(1)));
    assertThat(kernel.elements().reals()).containsExactly(real(1));
  }

  @Test
  void adopt_afterRestart_givesEveryRealItsOldFake() {
    WriterRig before = rig();
    before.adopt();
    Map<IpAddress, IpAddress> fakes = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      fakes.put(real(i), before.acquire(real(i)).mapping().fake());
    }
    WriterRig after = rig();

    after.adopt();

    for (int i = 0; i < 300; i++) {
      assertThat(after.acquire(real(i)).mapping().fake()).isEqualTo(fakes.get(real(i)));
    }
  }

  @Test
  void adopt_hundredThousand_allLive() {
    WriterRig rig = new WriterRig(kernel, WriterRig.settings("198.18.0.0/15"));
    for (int i = 1; i <= 100_000; i++) {
      kernel.put(IpAddress.ofIpv4(0xc6120000 + i), real(i));
    }

    StartResult result = rig.adopt();

    assertThat(result).isEqualTo(new StartResult.Started(100_000, 0, 0));
    assertThat(rig.acquire(real(200_000)).mapping().fake()).isNotNull();
    assertThat(rig.writer.status().ipv4().live()).isEqualTo(100_001);
  }

  @Test
  void adopt_unreadable_fails() {
    kernel.unreadable(true);

    StartResult result = rig().adopt();

    assertThat(result).isInstanceOf(StartResult.Failed.class);
  }

  @Test
  void adopt_refusedOnce_readsAgain() {
    kernel.put(address("192.0.2.1"), real(1));
    kernel.refuseNext(CommitResult.Cause.EXISTS);

    StartResult result = rig().adopt();

    assertThat(result).isInstanceOf(StartResult.Started.class);
    assertThat(kernel.elements().map()).isEmpty();
  }

  @Test
  void adopt_notPermitted_failsWithThatReason() {
    kernel.put(address("192.0.2.1"), real(1));
    kernel.refuseAlways(CommitResult.Cause.NOT_PERMITTED);

    StartResult result = rig().adopt();

    assertThat(result).isInstanceOf(StartResult.Failed.class);
    assertThat(((StartResult.Failed) result).reason()).isEqualTo(OpenResult.Reason.NOT_PERMITTED);
  }
}
