package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.QUARANTINE;
import static io.dotp.nat.WriterRig.SECOND;
import static io.dotp.nat.WriterRig.real;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ClientLimits;
import io.dotp.config.MappingKey;
import io.dotp.config.PoolConfig;
import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Refused;
import io.dotp.nat.mapping.FakePool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What one client may take, and what the others notice of it: nothing. */
class ClientLimitTest {
  private static final IpAddress GREEDY = IpAddress.ofIpv4(1);
  private static final IpAddress OTHER = IpAddress.ofIpv4(2);

  private static WriterRig rig(int perMinute, int sharePercent, String... pools) {
    PoolConfig pool =
        new PoolConfig(
            MappingKey.ADDRESS, null, List.of(), new ClientLimits(perMinute, sharePercent));
    WriterRig rig = new WriterRig(new ModelKernel(100_000), WriterRig.settings(pool, pools));
    assertThat(rig.adopt()).isInstanceOf(NatController.StartResult.Started.class);
    return rig;
  }

  /** How many of so many new addresses a client gets. */
  private static int take(
      WriterRig rig, RouteId route, @Nullable IpAddress client, int from, int count) {
    List<IpAddress> reals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reals.add(real(from + i));
    }
    List<AcquireResult.Outcome> outcomes =
        rig.acquire(new Wanted(route, null, reals, client)).outcomes();
    assertThat(outcomes)
        .allMatch(each -> each instanceof Mapped || each.equals(new Refused(Cause.CLIENT_LIMIT)));
    return (int) outcomes.stream().filter(Mapped.class::isInstance).count();
  }

  @Test
  void rate_isAMinutesTokens_andComesBackEvenly() {
    WriterRig rig = rig(60, 100, "198.18.0.0/20");

    assertThat(take(rig, FIRST, GREEDY, 0, 100)).isEqualTo(60);
    assertThat(rig.metrics.clientLimited.sum()).isEqualTo(40);
    rig.pass(Duration.ofSeconds(10));
    assertThat(take(rig, FIRST, GREEDY, 1000, 100)).isEqualTo(10);
    assertThat(take(rig, FIRST, OTHER, 2000, 50)).isEqualTo(50);
    rig.pass(Duration.ofMinutes(5));
    assertThat(take(rig, FIRST, GREEDY, 3000, 100)).isEqualTo(60);
  }

  @Test
  void rate_presetOfTheSpec_isFourThousandNinetySix() {
    WriterRig rig = rig(ClientLimits.PRESET.fakesPerMinute(), 100, "198.18.0.0/18");

    assertThat(take(rig, FIRST, GREEDY, 0, 5000)).isEqualTo(4096);
  }

  @Test
  void rate_renewalsAndRevivals_areFree() {
    WriterRig rig = rig(60, 100, "198.18.0.0/20");
    take(rig, FIRST, GREEDY, 0, 100);

    assertThat(take(rig, FIRST, GREEDY, 0, 60)).isEqualTo(60);
    rig.expireAll();
    assertThat(take(rig, FIRST, GREEDY, 5000, 60)).isEqualTo(60);
    assertThat(take(rig, FIRST, GREEDY, 0, 60)).isEqualTo(60);
    assertThat(rig.metrics.revived.sum()).isEqualTo(60);
  }

  @Test
  void share_isAQuarterOfEachPool_restIncluded() {
    WriterRig rig = rig(0, 25, "198.18.0.0/22", "198.18.4.0/22");

    assertThat(take(rig, FIRST, GREEDY, 0, 2000)).isEqualTo(255);
    assertThat(take(rig, SECOND, GREEDY, 0, 2000)).isEqualTo(255);
    assertThat(take(rig, FIRST, OTHER, 5000, 255)).isEqualTo(255);
    rig.expireAll();
    assertThat(take(rig, FIRST, GREEDY, 10_000, 1)).isZero();
    assertThat(take(rig, FIRST, GREEDY, 0, 255)).isEqualTo(255);
    rig.expireAll();
    rig.passAndRun(QUARANTINE.plusSeconds(1));
    assertThat(take(rig, FIRST, GREEDY, 10_000, 300)).isEqualTo(255);
  }

  @Test
  void share_ofASmallPool_isSixtyFour() {
    WriterRig rig = rig(0, 25, "198.18.0.0/25");

    assertThat(take(rig, FIRST, GREEDY, 0, 100)).isEqualTo(64);
    assertThat(take(rig, FIRST, OTHER, 1000, 60)).isEqualTo(60);
  }

  @Test
  void nobody_hasNoLimit() {
    WriterRig rig = rig(10, 1, "198.18.0.0/24");

    assertThat(take(rig, FIRST, null, 0, 200)).isEqualTo(200);
    assertThat(rig.metrics.clientLimited.sum()).isZero();
  }

  @Test
  void mappingThatSeveralWaitFor_isOnTheAccountOfTheFirst() {
    WriterRig rig = rig(1, 100, "198.18.0.0/24");
    WriterRig.Answer first = rig.request(new Wanted(FIRST, null, List.of(real(1)), GREEDY));
    WriterRig.Answer second = rig.request(new Wanted(FIRST, null, List.of(real(1)), OTHER));

    rig.run();

    assertThat(first.mapping()).isSameAs(second.mapping());
    assertThat(take(rig, FIRST, GREEDY, 2, 1)).isZero();
    assertThat(take(rig, FIRST, OTHER, 3, 1)).isEqualTo(1);
  }

  @Test
  void refusedMapping_isNotHeld() {
    WriterRig rig = rig(0, 25, "198.18.0.0/25");
    rig.kernel.refuseAlways(io.dotp.nat.nft.CommitResult.Cause.OTHER);
    assertThat(rig.acquire(new Wanted(FIRST, null, List.of(real(1)), GREEDY)).cause())
        .isEqualTo(Cause.KERNEL_REFUSED);

    rig.kernel.refuseAlways(null);
    rig.passAndRun(Duration.ofSeconds(3));

    assertThat(take(rig, FIRST, GREEDY, 100, 100)).isEqualTo(64);
  }

  @Test
  void clients_areRememberedUpToABound() {
    NatMetrics metrics = new NatMetrics();
    ClientQuotas quotas = new ClientQuotas(new ClientLimits(1, 100), metrics);
    NatSettings settings = WriterRig.settings("198.18.0.0/24");
    FakePool pool = requireNonNull(new Pools(settings, family -> 1000).of(FIRST, GREEDY.family()));
    int more = 100;

    for (int i = 0; i < ClientQuotas.MOST_CLIENTS + more; i++) {
      quotas.charge(IpAddress.ofIpv4(i), 0);
    }

    assertThat(quotas.size()).isEqualTo(ClientQuotas.MOST_CLIENTS);
    assertThat(metrics.clientsForgotten.sum()).isEqualTo(more);
    assertThat(quotas.admits(IpAddress.ofIpv4(more - 1), pool, 1)).isTrue();
    assertThat(quotas.admits(IpAddress.ofIpv4(more), pool, 1)).isFalse();
    long later = Duration.ofMinutes(2).toNanos();
    quotas.charge(IpAddress.ofIpv4(-1), later);
    assertThat(metrics.clientsForgotten.sum()).isEqualTo(more);
  }
}
