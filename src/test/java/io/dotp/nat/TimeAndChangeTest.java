package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.QUARANTINE;
import static io.dotp.nat.WriterRig.TTL;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ClientLimits;
import io.dotp.config.MappingKey;
import io.dotp.config.PoolConfig;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.Mapping.State;
import io.dotp.nat.nft.CommitResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names that change their addresses, and a clock that makes leaps. */
class TimeAndChangeTest {
  private static final Duration DECADE = Duration.ofDays(3653);
  private static final DomainName NAME = DomainName.parse("cdn.example");

  private static WriterRig rig(MappingKey key) {
    PoolConfig pool = new PoolConfig(key, null, List.of(), ClientLimits.PRESET);
    WriterRig rig =
        new WriterRig(new ModelKernel(1_000), WriterRig.settings(pool, "198.18.0.0/20"));
    rig.adopt();
    return rig;
  }

  @ParameterizedTest
  @EnumSource(MappingKey.class)
  void nameAlternatesBetweenTwoReals_eachKeepsItsFake(MappingKey key) {
    WriterRig rig = rig(key);
    DomainName name = key == MappingKey.NAME_ADDRESS ? NAME : null;
    Wanted[] wanted = {
      new Wanted(FIRST, name, List.of(real(1)), null),
      new Wanted(FIRST, name, List.of(real(2)), null)
    };
    IpAddress first = rig.acquire(wanted[0]).mapping().fake();
    IpAddress second = rig.acquire(wanted[1]).mapping().fake();
    Map<IpAddress, IpAddress> both = Map.of(first, real(1), second, real(2));

    for (int i = 0; i < 600; i++) {
      rig.pass(Duration.ofSeconds(1));
      assertThat(rig.acquire(wanted[i % 2]).mapping().fake())
          .isEqualTo(i % 2 == 0 ? first : second);
      assertThat(rig.kernel.elements().map()).isEqualTo(both);
    }

    assertThat(rig.kernel.commits()).isEqualTo(2);
    assertThat(rig.metrics.created.sum()).isEqualTo(2);
  }

  @Test
  void nameLeavesItsOldReal_flowToIt_keepsTheOldFakeAsLong() {
    WriterRig rig = rig(MappingKey.ADDRESS);
    IpAddress old = rig.acquire(real(1)).mapping().fake();
    rig.usage.usedUntil.put(old, rig.now + Duration.ofHours(1).toNanos());
    rig.usage.flows.add(old);

    for (int i = 0; i < 59; i++) {
      rig.passAndRun(Duration.ofMinutes(1));
      assertThat(rig.acquire(real(2)).mapping().fake()).isNotEqualTo(old);
      assertThat(rig.kernel.realOf(old)).isEqualTo(real(1));
    }
    rig.passAndRun(TTL.multipliedBy(2));
    rig.passAndRun(QUARANTINE.multipliedBy(2));

    assertThat(rig.kernel.realOf(old)).isNull();
    assertThat(rig.metrics.heldByFlows.sum()).isPositive();
  }

  @Test
  void clockLeapsADecade_restIsAsLongAsEver() {
    WriterRig rig = rig(MappingKey.ADDRESS);
    Mapping mapping = rig.acquire(real(1)).mapping();

    rig.passAndRun(DECADE);
    State after = mapping.state();
    rig.passAndRun(QUARANTINE.minusNanos(1));
    long resting = rig.writer.status().ipv4().quarantined();
    rig.passAndRun(Duration.ofSeconds(1));

    assertThat(after).isEqualTo(State.QUARANTINED);
    assertThat(resting).isEqualTo(1);
    assertThat(rig.writer.status().ipv4().quarantined()).isZero();
  }

  @Test
  void clockLeapsADecade_flowGoesOn_fakeIsNobodyElses() {
    WriterRig rig = new WriterRig(new ModelKernel(10), WriterRig.settings("198.18.0.0/30"));
    rig.adopt();
    IpAddress fake = rig.acquire(real(1)).mapping().fake();
    rig.usage.flows.add(fake);

    rig.passAndRun(DECADE);
    rig.passAndRun(DECADE);

    assertThat(rig.acquire(real(2)).mapping().fake()).isNotEqualTo(fake);
    assertThat(rig.acquire(real(3)).cause()).isEqualTo(AcquireResult.Cause.POOL_EXHAUSTED);
    assertThat(rig.acquire(real(1)).mapping().fake()).isEqualTo(fake);
  }

  @Test
  void clockLeapsADecade_newLeasesEndInTime() {
    WriterRig rig = rig(MappingKey.ADDRESS);
    rig.acquire(real(1));
    rig.passAndRun(DECADE);

    Mapping mapping = rig.acquire(real(2)).mapping();
    long wait = rig.writer.nanosToNextWork();
    rig.passAndRun(TTL.minusSeconds(1));
    boolean early = rig.kernel.realOf(mapping.fake()) != null;
    rig.passAndRun(Duration.ofSeconds(3));

    assertThat(wait).isLessThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(early).isTrue();
    assertThat(rig.kernel.realOf(mapping.fake())).isNull();
  }

  @Test
  void clockLeapsWhileTheKernelRefuses_isAskedAgainAtOnce() {
    WriterRig rig = rig(MappingKey.ADDRESS);
    rig.kernel.refuseAlways(CommitResult.Cause.OTHER);
    rig.acquire(real(1));
    rig.kernel.refuseAlways(null);

    rig.pass(DECADE);

    assertThat(rig.acquire(real(1)).mapping().real()).isEqualTo(real(1));
  }
}
