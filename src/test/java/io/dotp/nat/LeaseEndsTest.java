package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.QUARANTINE;
import static io.dotp.nat.WriterRig.TTL;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.journal.JournalEntry;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.Mapping.State;
import io.dotp.nat.nft.CommitResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One mapping from the end of its lease on. */
class LeaseEndsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final WriterRig rig = WriterRig.started();
  private Mapping mapping;

  @BeforeEach
  void acquire() {
    mapping = rig.acquire(real(1)).mapping();
  }

  private boolean isInKernel() {
    return real(1).equals(rig.kernel.realOf(mapping.fake()));
  }

  /** Traffic goes to the fake, the last packet {@code left} less than a lease ago. */
  private void use(Duration left) {
    rig.usage.usedUntil.put(mapping.fake(), rig.now + left.toNanos());
  }

  @Test
  void leaseOver_trafficGoesOn_livesAsLongAsThat() {
    use(TTL.plusSeconds(60));

    rig.expireAll();
    boolean early = isInKernel();
    rig.passAndRun(Duration.ofSeconds(50));
    boolean late = isInKernel();
    rig.passAndRun(Duration.ofSeconds(12));

    assertThat(early).isTrue();
    assertThat(late).isTrue();
    assertThat(isInKernel()).isFalse();
    assertThat(rig.metrics.keptByTraffic.sum()).isPositive();
  }

  @Test
  void leaseOver_trafficForADay_endsAtTheLongestLease() {
    use(Duration.ofDays(3));

    rig.passAndRun(Duration.ofHours(23));
    boolean early = isInKernel();
    rig.passAndRun(Duration.ofHours(1).plusMinutes(3));

    assertThat(early).isTrue();
    assertThat(isInKernel()).isFalse();
  }

  @Test
  void leaseOver_readingNotThereYet_isDecidedLater() {
    rig.usage.hold();

    rig.expireAll();
    boolean unclear = isInKernel() && mapping.state() == State.LIVE;
    rig.usage.readAll();
    rig.run();

    assertThat(unclear).isTrue();
    assertThat(isInKernel()).isFalse();
  }

  @Test
  void leaseOver_answeredBeforeTheReading_livesOn() {
    rig.usage.hold();
    rig.expireAll();

    assertThat(mapping.tryRenew(rig.now, TTL.toNanos())).isTrue();
    rig.usage.readAll();
    rig.run();
    rig.passAndRun(TTL.minusSeconds(2));

    assertThat(isInKernel()).isTrue();
  }

  @Test
  void leaseOver_nobodyCanTell_livesOnUntilSomebodyCan() {
    rig.usage.unreadable("on purpose");

    rig.expireAll();
    rig.expireAll();
    boolean unclear = isInKernel();
    rig.usage.unreadable(null);
    rig.expireAll();

    assertThat(unclear).isTrue();
    assertThat(isInKernel()).isFalse();
  }

  @Test
  void leaseOver_pinned_livesUntilALeaseAfterTheSession() {
    assertThat(mapping.tryPin()).isTrue();

    rig.expireAll();
    rig.expireAll();
    boolean pinned = isInKernel();
    mapping.unpin();
    rig.expireAll();

    assertThat(pinned).isTrue();
    assertThat(isInKernel()).isFalse();
  }

  @Test
  void announced_wantedAgain_isNeverDeleted() {
    rig.journal.hold();
    rig.expireAll();
    State announced = mapping.state();

    Mapping again = rig.acquire(real(1)).mapping();
    rig.journal.write();
    rig.run();

    assertThat(announced).isEqualTo(State.RETIRED);
    assertThat(again).isSameAs(mapping);
    assertThat(isInKernel()).isTrue();
    assertThat(rig.kernel.committed()).allMatch(each -> each.deletes().isEmpty());
    assertThat(rig.journal.entries)
        .containsEntry(
            mapping.fake(), new JournalEntry(real(1), "default", List.of(), JournalEntry.LIVE));
    rig.expireAll();
    assertThat(mapping.state()).isEqualTo(State.QUARANTINED);
  }

  @Test
  void announced_oneOfTwoWantedAgain_theOtherIsDeleted() {
    Mapping other = rig.acquire(real(2)).mapping();
    rig.journal.hold();
    rig.expireAll();

    rig.acquire(real(1));
    rig.journal.write();
    rig.run();

    assertThat(isInKernel()).isTrue();
    assertThat(rig.kernel.realOf(other.fake())).isNull();
    assertThat(other.state()).isEqualTo(State.QUARANTINED);
  }

  @Test
  void announced_journalHangs_isDeletedAfterFiveSeconds() {
    rig.journal.hold();
    rig.expireAll();

    rig.passAndRun(SECOND.multipliedBy(5).minusNanos(1));
    boolean patient = isInKernel();
    long before = rig.metrics.restsNotAwaited.sum();
    rig.passAndRun(Duration.ofNanos(1));

    assertThat(patient).isTrue();
    assertThat(before).isZero();
    assertThat(isInKernel()).isFalse();
    assertThat(rig.metrics.restsNotAwaited.sum()).isEqualTo(1);
  }

  @Test
  void deleteRefused_restBeginsWhenTheKernelHasLetGo() {
    rig.kernel.refuseAlways(CommitResult.Cause.OTHER);
    rig.expireAll();
    Cause refusal = rig.acquire(real(1)).cause();
    rig.passAndRun(QUARANTINE.multipliedBy(2));
    State meanwhile = mapping.state();
    boolean published = rig.table.byFake(mapping.fake()) == mapping;

    rig.kernel.refuseAlways(null);
    rig.passAndRun(SECOND);

    assertThat(refusal).isEqualTo(Cause.KERNEL_REFUSED);
    assertThat(meanwhile).isEqualTo(State.RETIRED);
    assertThat(published).isTrue();
    assertThat(isInKernel()).isFalse();
    assertThat(mapping.state()).isEqualTo(State.QUARANTINED);
    assertThat(mapping.restingSince()).isEqualTo(rig.now);
    assertThat(rig.table.byReal(FIRST, real(1))).isNull();
  }

  @Test
  void tableMadeAnew_whatWasInUseIsForgotten_livesALeaseLonger() {
    rig.pass(TTL);
    rig.kernel.flush();
    rig.doubt.raise();
    rig.run();

    rig.passAndRun(SECOND.multipliedBy(2));
    boolean over = isInKernel() && !mapping.isOver(rig.now);
    rig.passAndRun(TTL.minusSeconds(4));
    boolean late = isInKernel();
    rig.passAndRun(SECOND.multipliedBy(4));

    assertThat(over).isTrue();
    assertThat(late).isTrue();
    assertThat(isInKernel()).isFalse();
  }
}
