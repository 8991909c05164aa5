package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.QUARANTINE;
import static io.dotp.nat.WriterRig.TTL;
import static io.dotp.nat.WriterRig.address;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.WriterRig.Answer;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.CommitResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A kernel that refuses, and strangers who write to our table. */
class KernelTroubleTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final WriterRig rig = WriterRig.started();
  private final ModelKernel kernel = rig.kernel;

  @ParameterizedTest
  @EnumSource(CommitResult.Cause.class)
  void add_refusedOnce_isMendedAndAnswered(CommitResult.Cause cause) {
    kernel.refuseNext(cause);

    Mapping mapping = rig.acquire(real(1)).mapping();

    assertThat(kernel.realOf(mapping.fake())).isEqualTo(real(1));
    assertThat(rig.metrics.resyncs.sum()).isEqualTo(1);
    assertThat(rig.metrics.failedTransactions.sum()).isEqualTo(1);
  }

  @Test
  void add_strangerHoldsTheFake_strangerGoes() {
    IpAddress fake = WriterRig.started().acquire(real(1)).mapping().fake();
    kernel.put(fake, real(99));

    Mapping mapping = rig.acquire(real(1)).mapping();

    assertThat(mapping.fake()).isEqualTo(fake);
    assertThat(kernel.elements().map()).isEqualTo(Map.of(fake, real(1)));
    assertThat(kernel.elements().reals()).containsExactly(real(1));
  }

  @Test
  void add_strangersFilledTheMap_strangersGo() {
    WriterRig small = WriterRig.started(new ModelKernel(3));
    for (int i = 0; i < 3; i++) {
      small.kernel.put(IpAddress.ofIpv4(i), real(90 + i));
    }

    Mapping mapping = small.acquire(real(1)).mapping();

    assertThat(small.kernel.elements().map()).isEqualTo(Map.of(mapping.fake(), real(1)));
  }

  @Test
  void delete_elementGoneAlready_mendsEverything() {
    Mapping gone = rig.acquire(real(1)).mapping();
    rig.pass(Duration.ofMinutes(1));
    Mapping live = rig.acquire(real(2)).mapping();
    kernel.remove(gone.fake());
    kernel.remove(live.fake());

    rig.passAndRun(Duration.ofSeconds(63));

    assertThat(kernel.elements().map()).isEqualTo(Map.of(live.fake(), real(2)));
    assertThat(kernel.elements().reals()).containsExactly(real(2));
    assertThat(rig.writer.status().ipv4().quarantined()).isEqualTo(1);
  }

  @Test
  void add_refusedTwice_isRefusedAndTheFakeIsFree() {
    kernel.refuseNext(CommitResult.Cause.OTHER, CommitResult.Cause.OTHER);

    Answer answer = rig.acquire(real(1));

    assertThat(answer.cause()).isEqualTo(Cause.KERNEL_REFUSED);
    assertThat(rig.metrics.kernelRefused.sum()).isEqualTo(1);
    assertThat(rig.writer.status().ipv4().free()).isEqualTo(8188);
    assertThat(rig.table.byReal(FIRST, real(1))).isNull();
    rig.pass(SECOND);
    assertThat(rig.acquire(real(1)).mapping().real()).isEqualTo(real(1));
  }

  @Test
  void add_fullTwice_isPoolExhausted() {
    kernel.refuseNext(CommitResult.Cause.FULL, CommitResult.Cause.FULL);

    Answer answer = rig.acquire(real(1));

    assertThat(answer.cause()).isEqualTo(Cause.POOL_EXHAUSTED);
  }

  @Test
  void add_oneElementOfAHundredRefused_theOthersAreMapped() {
    kernel.refuseReal(real(37));
    List<Answer> answers = IntStream.range(0, 100).mapToObj(i -> rig.request(real(i))).toList();

    rig.run();

    for (int i = 0; i < 100; i++) {
      if (i == 37) {
        assertThat(answers.get(i).cause()).isEqualTo(Cause.KERNEL_REFUSED);
      } else {
        assertThat(kernel.realOf(answers.get(i).mapping().fake())).isEqualTo(real(i));
      }
    }
    assertThat(kernel.elements().map()).hasSize(99);
    assertThat(kernel.elements().reals()).hasSize(99).doesNotContain(real(37));
    assertThat(rig.writer.status().ipv4().live()).isEqualTo(99);
    assertThat(kernel.commits()).isLessThan(20);
  }

  @Test
  void add_oneMoreThanTheMapHolds_theOthersAreMapped() {
    WriterRig small = WriterRig.started(new ModelKernel(64));
    small.kernel.refuseNext(CommitResult.Cause.FULL, CommitResult.Cause.FULL);
    List<Answer> answers = IntStream.range(0, 64).mapToObj(i -> small.request(real(i))).toList();

    small.run();

    answers.forEach(answer -> assertThat(answer.mapping()).isNotNull());
    assertThat(small.kernel.elements().map()).hasSize(64);
  }

  @Test
  void add_manyElementsRefused_transactionsAreBounded() {
    for (int i = 0; i < 100; i++) {
      rig.request(real(i));
    }
    kernel.refuseAlways(CommitResult.Cause.EXISTS);

    rig.run();

    assertThat(kernel.commits()).isLessThan(30);
    assertThat(kernel.elements().map()).isEmpty();
    assertThat(rig.metrics.kernelRefused.sum()).isEqualTo(100);
  }

  @Test
  void changeDuringTheCommit_isMendedBeforeAnybodyIsTold() {
    Mapping early = rig.acquire(real(1)).mapping();
    kernel.afterNext(
        () -> {
          kernel.flush();
          rig.doubt.raise();
        });

    Answer answer = rig.acquire(real(2));

    assertThat(answer.mapping().real()).isEqualTo(real(2));
    assertThat(kernel.realOf(early.fake())).isEqualTo(real(1));
    assertThat(kernel.realOf(answer.mapping().fake())).isEqualTo(real(2));
    assertThat(rig.doubt.isOpen()).isFalse();
  }

  @Test
  void shortPauseInDoubt_theWaitingWaitOn() {
    kernel.unreadable(true);
    rig.doubt.raise();
    rig.writer.cycle(rig.queue);
    Answer answer = rig.request(real(1));

    rig.writer.cycle(rig.queue);
    assertThat(rig.writer.isBehind(rig.queue)).isTrue();
    kernel.unreadable(false);
    rig.run();

    assertThat(answer.mapping().real()).isEqualTo(real(1));
  }

  @Test
  void longPauseInDoubt_theWaitingAreRefusedAtOnce() {
    kernel.unreadable(true);
    rig.doubt.raise();
    for (int i = 0; i < 10; i++) {
      rig.writer.cycle(rig.queue);
      rig.pass(SECOND);
    }
    rig.writer.cycle(rig.queue);
    Answer answer = rig.request(real(1));

    rig.writer.cycle(rig.queue);
    rig.loop.runTasks();

    assertThat(answer.cause()).isEqualTo(Cause.KERNEL_REFUSED);
  }

  @Test
  void revive_refused_restsAgain() {
    rig.acquire(real(1));
    rig.expireAll();
    rig.passAndRun(QUARANTINE.minusSeconds(10));
    kernel.refuseNext(CommitResult.Cause.OTHER, CommitResult.Cause.OTHER);

    Answer answer = rig.acquire(real(1));
    rig.passAndRun(Duration.ofSeconds(20));

    assertThat(answer.cause()).isEqualTo(Cause.KERNEL_REFUSED);
    assertThat(rig.writer.status().ipv4().quarantined()).isEqualTo(1);
  }

  @Test
  void kernel_refusesForGood_isAskedAboutOnceASecond() {
    kernel.refuseAlways(CommitResult.Cause.NOT_PERMITTED);
    for (int i = 0; i < 100; i++) {
      rig.acquire(real(i));
      rig.pass(Duration.ofMillis(100));
    }
    int before = kernel.commits() + kernel.reads();

    for (int i = 0; i < 1000; i++) {
      assertThat(rig.acquire(real(i)).cause()).isEqualTo(Cause.KERNEL_REFUSED);
      rig.pass(Duration.ofMillis(10));
    }

    assertThat(kernel.commits() + kernel.reads() - before).isLessThanOrEqualTo(40);
  }

  @Test
  void kernel_refusesForGood_liveMappingsStayAndAreRenewed() {
    Mapping mapping = rig.acquire(real(1)).mapping();
    kernel.refuseAlways(CommitResult.Cause.NOT_PERMITTED);
    kernel.unreadable(true);

    rig.expireAll();
    Answer answer = rig.acquire(real(1));

    assertThat(answer.mapping()).isSameAs(mapping);
    assertThat(mapping.leaseLeftNanos(rig.now)).isPositive();
    assertThat(rig.writer.status().inStep()).isFalse();
  }

  @Test
  void kernel_refusesForGood_overdueLeasesMakeNoHaste() {
    rig.acquire(real(1));
    kernel.refuseAlways(CommitResult.Cause.NOT_PERMITTED);
    long waited = 0;
    rig.expireAll();

    for (int i = 0; i < 100; i++) {
      long wait = rig.writer.nanosToNextWork();
      waited += wait;
      rig.pass(Duration.ofNanos(wait));
      rig.run();
    }

    assertThat(waited).isGreaterThan(Duration.ofMinutes(1).toNanos());
  }

  @Test
  void kernel_comesBack_isMendedWithoutDemand() {
    Mapping kept = rig.acquire(real(1)).mapping();
    rig.acquire(real(2));
    kernel.refuseAlways(CommitResult.Cause.NOT_PERMITTED);
    rig.expireAll();
    rig.acquire(real(1));
    kernel.refuseAlways(null);

    rig.passAndRun(SECOND.multipliedBy(2));

    assertThat(rig.writer.status().inStep()).isTrue();
    assertThat(kernel.elements().map()).isEqualTo(Map.of(kept.fake(), real(1)));
    assertThat(kernel.elements().reals()).containsExactly(real(1));
    assertThat(rig.writer.status().ipv4().quarantined()).isEqualTo(1);
    rig.passAndRun(TTL.plusSeconds(2));
    assertThat(kernel.elements().map()).isEmpty();
  }

  @Test
  void table_flushed_isMendedWithTheNextFailure() {
    Mapping one = rig.acquire(real(1)).mapping();
    rig.pass(Duration.ofMinutes(1));
    Mapping other = rig.acquire(real(2)).mapping();
    kernel.flush();

    rig.passAndRun(Duration.ofSeconds(63));

    assertThat(kernel.realOf(one.fake())).isNull();
    assertThat(kernel.realOf(other.fake())).isEqualTo(real(2));
  }

  @Test
  void commit_throws_isABugThatCostsOneBatch() {
    kernel.breakNext();
    Answer answer = rig.request(real(1));
    try {
      rig.writer.cycle(rig.queue);
    } catch (IllegalStateException e) {
      rig.writer.abandon();
    }
    rig.loop.runTasks();

    rig.pass(SECOND);
    Mapping mapping = rig.acquire(real(1)).mapping();

    assertThat(answer.cause()).isEqualTo(Cause.KERNEL_REFUSED);
    assertThat(kernel.elements().map()).isEqualTo(Map.of(mapping.fake(), real(1)));
  }

  @Test
  void delete_throws_mappingIsNotLost() {
    Mapping mapping = rig.acquire(real(1)).mapping();
    kernel.breakNext();
    rig.pass(TTL.plusSeconds(2));
    try {
      rig.writer.cycle(rig.queue);
    } catch (IllegalStateException e) {
      rig.writer.abandon();
    }

    rig.passAndRun(SECOND);

    assertThat(kernel.realOf(mapping.fake())).isNull();
    assertThat(rig.writer.status().ipv4().quarantined()).isEqualTo(1);
    assertThat(rig.table.byFake(mapping.fake())).isNull();
  }

  @Test
  void add_throws_earlierMappingsStayAway() {
    Mapping mapping = rig.acquire(real(1)).mapping();
    rig.pass(TTL.plusSeconds(2));
    rig.run();
    kernel.breakNext();
    rig.request(real(2));
    try {
      rig.writer.cycle(rig.queue);
    } catch (IllegalStateException e) {
      rig.writer.abandon();
    }

    assertThat(rig.table.byFake(mapping.fake())).isNull();
    assertThat(rig.table.byReal(FIRST, real(2))).isNull();
  }

  @Test
  void strangerOutsidePools_whenMended_goes() {
    kernel.put(address("192.0.2.1"), real(50));
    kernel.refuseNext(CommitResult.Cause.EXISTS);

    rig.acquire(real(1));

    assertThat(kernel.elements().map()).hasSize(1);
    assertThat(kernel.elements().reals()).containsExactly(real(1));
  }
}
