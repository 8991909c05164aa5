package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.QUARANTINE;
import static io.dotp.nat.WriterRig.SECOND;
import static io.dotp.nat.WriterRig.TTL;
import static io.dotp.nat.WriterRig.ipv6Real;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.WriterRig.Answer;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.NftTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The life of mappings with a kernel that does what it is told. */
class NatWriterTest {
  private final WriterRig rig = WriterRig.started();

  private static List<IpAddress> reals(int from, int count) {
    List<IpAddress> reals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reals.add(real(from + i));
    }
    return reals;
  }

  @Test
  void acquire_newReal_isInKernelAndTable() {
    Mapping mapping = rig.acquire(real(1)).mapping();

    assertThat(mapping.real()).isEqualTo(real(1));
    assertThat(rig.kernel.elements().map()).isEqualTo(Map.of(mapping.fake(), real(1)));
    assertThat(rig.kernel.elements().reals()).containsExactly(real(1));
    assertThat(rig.table.byReal(FIRST, real(1))).isSameAs(mapping);
    assertThat(rig.table.byFake(mapping.fake())).isSameAs(mapping);
    assertThat(mapping.leaseLeftNanos(rig.now)).isGreaterThanOrEqualTo(TTL.toNanos());
    assertThat(rig.metrics.created.sum()).isEqualTo(1);
  }

  @Test
  void acquire_bothFamilies_shareOneTransaction() {
    Answer answer = rig.acquire(real(1), ipv6Real(1));

    assertThat(answer.mapping(0).fake().family()).isEqualTo(Family.IPV4);
    assertThat(answer.mapping(1).fake().family()).isEqualTo(Family.IPV6);
    assertThat(rig.kernel.commits()).isEqualTo(1);
  }

  @Test
  void acquire_familyWithoutPool_isNoPool() {
    Answer answer = rig.acquire(SECOND, List.of(ipv6Real(1), real(1)));

    assertThat(answer.cause(0)).isEqualTo(Cause.NO_POOL);
    assertThat(answer.mapping(1).route()).isEqualTo(SECOND);
  }

  @Test
  void acquire_sameRealTwice_isOneMapping() {
    Answer answer = rig.acquire(real(1), real(1));

    assertThat(answer.mapping(0)).isSameAs(answer.mapping(1));
    assertThat(rig.kernel.elements().map()).hasSize(1);
  }

  @Test
  void requests_waitingTogether_areOneTransactionAndOneTaskForTheLoop() {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(rig.request(real(i), real(i + 1)));
    }

    rig.run();

    assertThat(rig.kernel.commits()).isEqualTo(1);
    assertThat(rig.loop.turns()).isEqualTo(1);
    for (int i = 0; i < 99; i++) {
      assertThat(answers.get(i).mapping(1)).isSameAs(answers.get(i + 1).mapping(0));
    }
  }

  @Test
  void requests_moreThanABatch_areSeveralTransactions() {
    Answer large = rig.request(Wanted.of(FIRST, reals(0, 1200)));
    Answer small = rig.request(real(5000));

    rig.run();

    assertThat(rig.kernel.committed())
        .extracting(transaction -> transaction.adds().size())
        .containsExactly(1000, 1000, 402);
    assertThat(large.outcomes()).hasSize(1200);
    assertThat(large.mapping(1199).real()).isEqualTo(real(1199));
    assertThat(small.mapping().real()).isEqualTo(real(5000));
  }

  @Test
  void acquire_sameRealInTwoRoutes_sharesTheSetElement() {
    Mapping first = rig.acquire(real(1)).mapping();
    rig.pass(Duration.ofMinutes(1));
    Mapping second = rig.acquire(SECOND, List.of(real(1))).mapping();

    rig.passAndRun(Duration.ofSeconds(63));

    assertThat(first.fake()).isNotEqualTo(second.fake());
    assertThat(rig.kernel.elements().map()).containsOnlyKeys(second.fake());
    assertThat(rig.kernel.elements().reals()).containsExactly(real(1));
    rig.passAndRun(Duration.ofMinutes(1));
    assertThat(rig.kernel.elements().reals()).isEmpty();
  }

  @Test
  void lease_over_endsInKernelAndTable() {
    Mapping mapping = rig.acquire(real(1)).mapping();
    rig.passAndRun(TTL);
    boolean before = rig.kernel.realOf(mapping.fake()) != null;

    rig.passAndRun(Duration.ofSeconds(2));

    assertThat(before).isTrue();
    assertThat(rig.kernel.elements().map()).isEmpty();
    assertThat(rig.table.byFake(mapping.fake())).isNull();
    assertThat(rig.table.byReal(FIRST, real(1))).isNull();
    assertThat(rig.writer.status().ipv4().quarantined()).isEqualTo(1);
    assertThat(mapping.tryRenew(rig.now, 1)).isFalse();
  }

  @Test
  void lease_renewed_countsFromTheLastRenewal() {
    Mapping mapping = rig.acquire(real(1)).mapping();
    rig.passAndRun(Duration.ofSeconds(100));
    mapping.tryRenew(rig.now, TTL.toNanos());

    rig.passAndRun(Duration.ofSeconds(119));
    boolean late = rig.kernel.realOf(mapping.fake()) != null;
    rig.passAndRun(Duration.ofSeconds(3));

    assertThat(late).isTrue();
    assertThat(rig.kernel.elements().map()).isEmpty();
  }

  @Test
  void acquire_duringQuarantine_revivesTheSameFake() {
    IpAddress fake = rig.acquire(real(1)).mapping().fake();
    rig.expireAll();

    Mapping revived = rig.acquire(real(1)).mapping();

    assertThat(revived.fake()).isEqualTo(fake);
    assertThat(rig.kernel.realOf(fake)).isEqualTo(real(1));
    assertThat(rig.metrics.revived.sum()).isEqualTo(1);
    rig.passAndRun(QUARANTINE);
    assertThat(rig.table.byFake(fake)).isNull();
    assertThat(rig.writer.status().ipv4().quarantined()).isEqualTo(1);
  }

  @Test
  void quarantine_over_freesTheFake() {
    rig.acquire(real(1));
    rig.expireAll();

    rig.passAndRun(QUARANTINE.minusSeconds(1));
    long resting = rig.writer.status().ipv4().quarantined();
    rig.passAndRun(Duration.ofSeconds(1));

    assertThat(resting).isEqualTo(1);
    assertThat(rig.writer.status().ipv4().quarantined()).isZero();
  }

  @Test
  void leases_thousandsInOneSecond_leaveInSlicesThatLetQueriesThrough() {
    rig.acquire(FIRST, reals(0, 1000));
    rig.pass(TTL.plusSeconds(2));
    Answer answer = rig.request(real(5000));

    boolean more = rig.writer.cycle(rig.queue);
    rig.loop.runTasks();

    assertThat(more).isTrue();
    assertThat(answer.mapping().real()).isEqualTo(real(5000));
    assertThat(rig.writer.status().ipv4().live()).isEqualTo(1000 - LeaseEnds.A_CYCLE + 1);
    rig.run();
    assertThat(rig.kernel.elements().map()).hasSize(1);
  }

  @Test
  void transactions_always_addOrDelete() {
    rig.acquire(real(1), real(2));
    rig.pass(TTL.plusSeconds(2));
    rig.acquire(real(3));

    List<NftTransaction> transactions = rig.kernel.committed();

    assertThat(transactions).hasSize(3);
    assertThat(transactions)
        .allMatch(transaction -> transaction.adds().isEmpty() || transaction.deletes().isEmpty());
  }

  @Test
  void acquire_poolFull_isRefusedAndLeavesTheOthers() {
    ModelKernel kernel = new ModelKernel(10_000);
    WriterRig small = new WriterRig(kernel, WriterRig.settings("198.18.0.0/30"));
    small.adopt();
    List<Mapping> first =
        List.of(small.acquire(real(1)).mapping(), small.acquire(real(2)).mapping());

    Answer third = small.acquire(real(3));

    assertThat(third.cause()).isEqualTo(Cause.POOL_EXHAUSTED);
    assertThat(small.metrics.poolExhausted.sum()).isEqualTo(1);
    assertThat(first).allMatch(each -> each.real().equals(kernel.realOf(each.fake())));
  }

  @Test
  void acquire_kernelSetsFull_isRefusedWithoutAskingTheKernel() {
    WriterRig small = WriterRig.started(new ModelKernel(2));
    small.acquire(real(1));
    small.acquire(SECOND, List.of(real(2)));
    int commits = small.kernel.commits();

    Answer third = small.acquire(real(3));

    assertThat(third.cause()).isEqualTo(Cause.POOL_EXHAUSTED);
    assertThat(small.kernel.commits()).isEqualTo(commits);
    assertThat(small.acquire(ipv6Real(1)).mapping().real()).isEqualTo(ipv6Real(1));
  }

  @Test
  void acquire_someLiveSomeNew_answersAllInOrder() {
    Mapping live = rig.acquire(real(2)).mapping();

    Answer answer = rig.acquire(real(1), real(2), real(3));

    assertThat(answer.mapping(1)).isSameAs(live);
    assertThat(answer.mapping(0).real()).isEqualTo(real(1));
    assertThat(answer.mapping(2).real()).isEqualTo(real(3));
  }

  @Test
  void refuseAll_whileWaiting_answersEverybody() {
    Answer one = rig.request(real(1));
    Answer other = rig.request(real(2));

    rig.writer.refuseAll(rig.queue, Cause.STOPPING);
    rig.loop.runTasks();

    assertThat(one.cause()).isEqualTo(Cause.STOPPING);
    assertThat(other.cause()).isEqualTo(Cause.STOPPING);
  }

  @Test
  void deliver_loopHasStopped_othersAreTold() {
    Answer answer = rig.request(real(1));
    rig.loop.shutdown();

    rig.run();

    assertThat(answer.isThere()).isFalse();
    assertThat(rig.table.byReal(FIRST, real(1))).isNotNull();
  }

  @Test
  void status_afterAFewSteps_countsEveryState() {
    rig.acquire(real(1), real(2), ipv6Real(1));
    rig.expireAll();
    rig.acquire(real(3));

    NatStatus status = rig.writer.status();

    assertThat(status.ipv4()).isEqualTo(new NatStatus.Counts(0, 1, 0, 2, 8188, 1));
    assertThat(status.ipv6().mapElements()).isZero();
    assertThat(status.ipv6().quarantined()).isEqualTo(1);
    assertThat(status.ipv4().free()).isEqualTo(8185);
    assertThat(status.toString()).contains("ipv4-live=1", "ipv6-quarantined=1");
  }
}
