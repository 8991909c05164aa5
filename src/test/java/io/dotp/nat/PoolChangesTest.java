package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpPrefix;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.CommitResult.Cause;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Other pools under a writer that is turned by hand. */
class PoolChangesTest {
  private static final String OLD = "198.18.0.0/20";
  private static final String NEW = "198.19.0.0/20";
  private static final IpPrefix IPV6 = prefix("2001:2:0:1::/64");

  private final ModelKernel kernel = new ModelKernel(10_000);
  private final WriterRig rig = new WriterRig(kernel, WriterRig.settings(OLD));

  PoolChangesTest() {
    rig.adopt();
  }

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text));
  }

  private PoolReload reload(String pool) {
    PoolReload result = rig.writer.reload(WriterRig.settings(pool));
    rig.run();
    return result;
  }

  private void renew(Mapping mapping) {
    assertThat(mapping.tryRenew(rig.now, WriterRig.TTL.toNanos())).isTrue();
  }

  @Test
  void reload_samePool_touchesNothing() {
    Mapping mapping = rig.acquire(real(1)).mapping();

    assertThat(reload(OLD)).isEqualTo(new PoolReload.Done(0));

    assertThat(kernel.pools()).isEmpty();
    assertThat(rig.acquire(real(1)).mapping()).isSameAs(mapping);
  }

  @Test
  void status_whilePoolDrains_tellsBothPools() {
    rig.acquire(real(1));
    reload(NEW);

    List<PoolStatus> pools =
        rig.writer.status().pools().stream().filter(pool -> !pool.prefix().equals(IPV6)).toList();
    assertThat(pools).extracting(PoolStatus::prefix).containsExactly(prefix(OLD), prefix(NEW));
    assertThat(pools).extracting(PoolStatus::draining).containsExactly(true, false);
    assertThat(pools).extracting(pool -> pool.counts().live()).containsExactly(1L, 0L);
    assertThat(pools.get(0).free()).isZero();
    assertThat(pools.get(1).free()).isEqualTo(pools.get(1).size());

    rig.expireAll();
    rig.passAndRun(Pools.SHORTEST_DRAIN);
    assertThat(rig.writer.status().pools())
        .extracting(PoolStatus::prefix)
        .doesNotContain(prefix(OLD));
  }

  @Test
  void restart_whilePoolDrains_itsMappingsWorkOnAndAreGivenToNobody() {
    Mapping old = rig.acquire(real(1)).mapping();
    reload(NEW);

    WriterRig next = new WriterRig(kernel, WriterRig.settings(NEW), rig.journal);
    next.adopt();
    Mapping fresh = next.acquire(real(1)).mapping();

    assertThat(kernel.realOf(old.fake())).isEqualTo(real(1));
    assertThat(Objects.requireNonNull(next.table.byFake(old.fake())).real()).isEqualTo(real(1));
    assertThat(prefix(NEW).contains(fresh.fake())).isTrue();
    assertThat(next.table.byReal(FIRST, real(1))).isSameAs(fresh);
    next.expireAll();
    next.passAndRun(Pools.SHORTEST_DRAIN);
    assertThat(next.journal.pools).containsOnlyKeys(prefix(NEW), IPV6);
    assertThat(kernel.pools()).containsExactlyInAnyOrder(prefix(NEW), IPV6);
    assertThat(kernel.realOf(old.fake())).isNull();
  }

  @Test
  void restart_whilePoolOfARouteThatIsGoneDrains_itsMappingsWorkOn() {
    WriterRig two = new WriterRig(new ModelKernel(100), WriterRig.settings(OLD, NEW));
    two.adopt();
    Mapping old = two.acquire(WriterRig.SECOND, List.of(real(1))).mapping();
    assertThat(two.writer.reload(WriterRig.settings(OLD))).isEqualTo(new PoolReload.Done(1));

    WriterRig next = new WriterRig(two.kernel, WriterRig.settings(OLD), two.journal);
    next.adopt();

    assertThat(Objects.requireNonNull(next.table.byFake(old.fake())).real()).isEqualTo(real(1));
    next.expireAll();
    next.passAndRun(Pools.SHORTEST_DRAIN);
    assertThat(next.table.byFake(old.fake())).isNull();
    assertThat(next.journal.pools).containsOnlyKeys(prefix(OLD), IPV6);
  }

  @Test
  void restart_drainingPoolIsInUseAgain_isOneOfThose() {
    Mapping old = rig.acquire(real(1)).mapping();
    reload(NEW);

    WriterRig next = new WriterRig(kernel, WriterRig.settings(OLD), rig.journal);
    next.adopt();

    assertThat(next.acquire(real(1)).mapping().fake()).isEqualTo(old.fake());
    next.passAndRun(Pools.SHORTEST_DRAIN);
    assertThat(next.journal.pools).containsOnlyKeys(prefix(OLD), IPV6);
  }

  @Test
  void reload_otherPool_oldMappingsLiveOnAndNewOnesComeFromTheNew() {
    Mapping old = rig.acquire(real(1)).mapping();

    assertThat(reload(NEW)).isEqualTo(new PoolReload.Done(1));
    Mapping fresh = rig.acquire(real(1)).mapping();

    assertThat(kernel.pools()).containsExactlyInAnyOrder(prefix(OLD), prefix(NEW), IPV6);
    assertThat(rig.usage.pools).isEqualTo(kernel.pools());
    assertThat(rig.told).containsExactly(kernel.pools());
    assertThat(prefix(NEW).contains(fresh.fake())).isTrue();
    assertThat(rig.table.byReal(FIRST, real(1))).isSameAs(fresh);
    assertThat(rig.table.byFake(old.fake())).isSameAs(old);
    assertThat(kernel.realOf(old.fake())).isEqualTo(real(1));
    assertThat(kernel.elements().reals()).containsExactly(real(1));
  }

  @Test
  void drain_leasesEnd_rulesGoAndTheRealAddressStays() {
    Mapping old = rig.acquire(real(1)).mapping();
    reload(NEW);
    Mapping fresh = rig.acquire(real(1)).mapping();

    rig.passAndRun(WriterRig.TTL.minusSeconds(5));
    renew(fresh);
    rig.usage.usedUntil.put(old.fake(), rig.now + Duration.ofMinutes(1).toNanos());
    rig.passAndRun(Duration.ofSeconds(10));
    assertThat(kernel.pools()).as("traffic").contains(prefix(OLD));
    // The sets of use may be new since the change, which counts as a lease of traffic.
    renew(fresh);
    rig.passAndRun(WriterRig.TTL.minusSeconds(5));
    renew(fresh);
    rig.passAndRun(Duration.ofSeconds(10));
    rig.passAndRun(Duration.ofSeconds(10));

    assertThat(kernel.realOf(old.fake())).isNull();
    assertThat(kernel.realOf(fresh.fake())).isEqualTo(real(1));
    assertThat(kernel.elements().reals()).containsExactly(real(1));
    assertThat(kernel.pools()).containsExactlyInAnyOrder(prefix(NEW), IPV6);
  }

  @Test
  void reload_backWhileItDrains_samePairsAgain() {
    Mapping old = rig.acquire(real(1)).mapping();
    reload(NEW);
    Mapping fresh = rig.acquire(real(1)).mapping();

    assertThat(reload(OLD)).isEqualTo(new PoolReload.Done(1));

    assertThat(rig.acquire(real(1)).mapping()).isSameAs(old);
    assertThat(rig.table.byReal(FIRST, real(1))).isSameAs(old);
    assertThat(rig.table.byFake(fresh.fake())).isSameAs(fresh);
  }

  @Test
  void reload_backAfterTheRulesWent_fakesStillRest() {
    Mapping old = rig.acquire(real(1)).mapping();
    reload(NEW);
    rig.expireAll();
    rig.expireAll();
    rig.expireAll();
    assertThat(kernel.pools()).containsExactlyInAnyOrder(prefix(NEW), IPV6);

    reload(OLD);

    assertThat(rig.acquire(real(1)).mapping().fake()).isEqualTo(old.fake());
  }

  @Test
  void reload_poolGrows_keepsItsMappings() {
    Mapping old = rig.acquire(real(1)).mapping();

    reload("198.18.0.0/16");

    assertThat(rig.acquire(real(1)).mapping()).isSameAs(old);
    rig.passAndRun(Duration.ofSeconds(11));
    assertThat(kernel.pools()).containsExactlyInAnyOrder(prefix("198.18.0.0/16"), IPV6);
  }

  @Test
  void reload_poolShrinks_keepsWhatLiesWithin() {
    for (int i = 0; i < 64; i++) {
      rig.acquire(real(i));
    }
    IpPrefix half = prefix("198.18.0.0/21");

    reload("198.18.0.0/21");

    int moved = 0;
    for (int i = 0; i < 64; i++) {
      Mapping before = Objects.requireNonNull(fakeOf(i));
      Mapping now = rig.acquire(real(i)).mapping();
      assertThat(half.contains(now.fake())).isTrue();
      moved += now == before ? 0 : 1;
    }
    assertThat(moved).isBetween(1, 63);
    assertThat(kernel.elements().map()).hasSize(64 + moved);
    rig.expireAll();
    rig.expireAll();
    rig.expireAll();
    assertThat(kernel.elements().map()).isEmpty();
    assertThat(kernel.pools()).containsExactlyInAnyOrder(half, IPV6);
  }

  private Mapping fakeOf(int number) {
    return kernel.elements().map().entrySet().stream()
        .filter(pair -> pair.getValue().equals(real(number)))
        .map(pair -> rig.table.byFake(pair.getKey()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void reload_kernelRefuses_changesNothing() {
    Mapping old = rig.acquire(real(1)).mapping();
    kernel.refuseNext(Cause.OTHER);

    assertThat(reload(NEW)).isInstanceOf(PoolReload.Refused.class);

    assertThat(rig.acquire(real(1)).mapping()).isSameAs(old);
    assertThat(rig.acquire(real(2)).mapping().fake()).matches(prefix(OLD)::contains);
    assertThat(reload(NEW)).isInstanceOf(PoolReload.Done.class);
  }

  @Test
  void reload_kernelTakesOnlyTheFirstPiece_elementsComeBack() {
    Mapping old = rig.acquire(real(1)).mapping();
    kernel.flush();
    kernel.refuseNext(Cause.OTHER);

    assertThat(reload(NEW)).isInstanceOf(PoolReload.Refused.class);

    assertThat(kernel.realOf(old.fake())).isEqualTo(real(1));
  }

  @Test
  void drain_kernelKeepsTheRules_triesAgain() {
    reload(NEW);
    kernel.refuseNext(Cause.OTHER);

    rig.passAndRun(Duration.ofSeconds(11));
    assertThat(kernel.pools()).contains(prefix(OLD));
    rig.passAndRun(Duration.ofSeconds(11));

    assertThat(kernel.pools()).isEqualTo(List.of(IPV6, prefix(NEW)));
  }

  @Test
  void reload_prefixOfAnotherRoute_isRefused() {
    WriterRig two = WriterRig.started();

    assertThat(two.writer.reload(WriterRig.settings("198.18.16.0/20", "198.18.0.0/20")))
        .isInstanceOf(PoolReload.Refused.class);
  }
}
