package io.dotp.nat;

import static io.dotp.nat.WriterRig.QUARANTINE;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.AcquireResult.Cause;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One fake from the end of its rest on. */
class ReleasesTest {
  private final WriterRig rig = WriterRig.started();
  private final IpAddress fake = rig.acquire(real(1)).mapping().fake();

  private long resting() {
    return rig.writer.status().ipv4().quarantined();
  }

  @Test
  void restOver_flowGoesOn_isFreeOnlyAfterIt() {
    rig.usage.flows.add(fake);
    rig.expireAll();

    rig.passAndRun(QUARANTINE);
    rig.passAndRun(QUARANTINE);
    long held = resting();
    boolean noted = rig.journal.entries.containsKey(fake);
    rig.usage.flows.clear();
    rig.passAndRun(Duration.ofSeconds(10));

    assertThat(held).isEqualTo(1);
    assertThat(noted).isTrue();
    assertThat(rig.metrics.heldByFlows.sum()).isGreaterThanOrEqualTo(2);
    assertThat(resting()).isZero();
    assertThat(rig.journal.entries).isEmpty();
  }

  @Test
  void restOver_nobodyCanTell_restsOn() {
    rig.expireAll();
    rig.usage.unreadable("on purpose");

    rig.passAndRun(QUARANTINE.multipliedBy(3));
    long unclear = resting();
    rig.usage.unreadable(null);
    rig.passAndRun(Duration.ofSeconds(10));

    assertThat(unclear).isEqualTo(1);
    assertThat(resting()).isZero();
  }

  @Test
  void flowGoesOn_ownerComesBack_hasItsFakeAgain() {
    rig.usage.flows.add(fake);
    rig.expireAll();
    rig.passAndRun(QUARANTINE);

    assertThat(rig.acquire(real(1)).mapping().fake()).isEqualTo(fake);
    rig.usage.flows.clear();
    rig.passAndRun(Duration.ofSeconds(10));

    assertThat(rig.kernel.realOf(fake)).isEqualTo(real(1));
  }

  @Test
  void askedAbout_ownerComesBackMeanwhile_isNotFreed() {
    rig.expireAll();
    rig.usage.hold();
    rig.passAndRun(QUARANTINE);

    assertThat(rig.acquire(real(1)).mapping().fake()).isEqualTo(fake);
    rig.usage.readAll();
    rig.run();

    assertThat(rig.kernel.realOf(fake)).isEqualTo(real(1));
    assertThat(rig.table.byFake(fake)).isNotNull();
  }

  @Test
  void askedAbout_ownerCameAndWentMeanwhile_restsAnew() {
    rig.expireAll();
    rig.usage.hold();
    rig.passAndRun(QUARANTINE);
    rig.acquire(real(1));
    rig.usage.readAll();
    rig.expireAll();

    assertThat(resting()).isEqualTo(1);
    rig.passAndRun(QUARANTINE.minusSeconds(1));
    assertThat(resting()).isEqualTo(1);
    rig.passAndRun(Duration.ofSeconds(1));
    assertThat(resting()).isZero();
  }

  @Test
  void poolFull_flowsGoOn_refusesRatherThanGiveAFakeToAnother() {
    WriterRig small = new WriterRig(new ModelKernel(10), WriterRig.settings("198.18.0.0/30"));
    small.adopt();
    IpAddress first = small.acquire(real(1)).mapping().fake();
    IpAddress second = small.acquire(real(2)).mapping().fake();
    small.usage.flows.add(first);
    small.usage.flows.add(second);
    small.expireAll();
    small.passAndRun(QUARANTINE.multipliedBy(2));

    Cause refusal = small.acquire(real(3)).cause();
    small.usage.flows.remove(second);
    small.passAndRun(Duration.ofSeconds(10));

    assertThat(refusal).isEqualTo(Cause.POOL_EXHAUSTED);
    assertThat(small.acquire(real(3)).mapping().fake()).isEqualTo(second);
    assertThat(small.acquire(real(1)).mapping().fake()).isEqualTo(first);
    assertThat(small.writer.status().ipv4().live()).isEqualTo(2);
    assertThat(small.kernel.realOf(first)).isEqualTo(real(1));
  }
}
