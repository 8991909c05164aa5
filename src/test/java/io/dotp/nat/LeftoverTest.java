package io.dotp.nat;

import static io.dotp.nat.WriterRig.QUARANTINE;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.journal.JournalEntry;
import io.dotp.nat.mapping.Mapping;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Fakes of an earlier run whose prefix is no pool at the start and comes back by a reload, while
 * clients still have them.
 */
class LeftoverTest {
  private static final String OLD = "198.18.0.0/30";
  private static final String NEW = "198.19.0.0/20";

  private final ModelKernel kernel = new ModelKernel(10_000);
  private final ModelJournal journal = new ModelJournal(() -> 0);
  private WriterRig rig = started(OLD, 1_000_000_000_000L);

  /** By a journal that knows no pools, as of an earlier version: what it does know would drain. */
  private WriterRig started(String pool, long now) {
    journal.pools.clear();
    WriterRig next = new WriterRig(kernel, WriterRig.settings(pool), journal);
    next.now = now;
    assertThat(next.adopt()).isInstanceOf(NatController.StartResult.Started.class);
    return next;
  }

  /** Two fakes are all that the old pool has. */
  private List<IpAddress> bothFakes() {
    return List.of(rig.acquire(real(1)).mapping().fake(), rig.acquire(real(2)).mapping().fake());
  }

  private void restartElsewhereAndReloadBack() {
    rig = started(NEW, rig.now);
    rig.pass(Duration.ofSeconds(10));
    assertThat(rig.writer.reload(WriterRig.settings(OLD))).isInstanceOf(PoolReload.Done.class);
    rig.run();
  }

  @Test
  void live_thenRestartElsewhereAndBack_restFirst() {
    List<IpAddress> fakes = bothFakes();

    restartElsewhereAndReloadBack();

    assertThat(kernel.elements().map()).doesNotContainKeys(fakes.toArray(IpAddress[]::new));
    assertThat(rig.acquire(real(9)).cause()).isEqualTo(AcquireResult.Cause.POOL_EXHAUSTED);
    rig.passAndRun(QUARANTINE.plusSeconds(5));
    assertThat(fakes).contains(rig.acquire(real(9)).mapping().fake());
  }

  @Test
  void atRest_thenRestartElsewhereAndBack_restOn() {
    bothFakes();
    rig.expireAll();
    assertThat(rig.writer.status().ipv4().quarantined()).isEqualTo(2);

    restartElsewhereAndReloadBack();

    assertThat(rig.acquire(real(9)).cause()).isEqualTo(AcquireResult.Cause.POOL_EXHAUSTED);
  }

  @Test
  void twoRestarts_theRestIsRememberedByTheJournal() {
    List<IpAddress> fakes = bothFakes();
    rig = started(NEW, rig.now);
    assertThat(journal.entries.keySet()).containsAll(fakes);

    rig = started(OLD, rig.now);

    assertThat(rig.acquire(real(9)).cause()).isEqualTo(AcquireResult.Cause.POOL_EXHAUSTED);
    assertThat(fakes).contains(rig.acquire(real(1)).mapping().fake());
  }

  @Test
  void restedOut_isForgotten() {
    bothFakes();
    rig = started(NEW, rig.now);

    rig = started(NEW, rig.now + QUARANTINE.plusSeconds(1).toNanos());

    assertThat(journal.entries).isEmpty();
  }

  @Test
  void recordOfAnotherRoute_restsAsNobodys() {
    IpAddress fake = WriterRig.address("198.18.0.1");
    journal.entries.put(fake, new JournalEntry(real(1), "elsewhere", List.of(), JournalEntry.LIVE));

    rig = started(OLD, rig.now);

    Mapping mapping = rig.acquire(real(1)).mapping();
    assertThat(mapping.fake()).isNotEqualTo(fake);
    assertThat(rig.writer.status().ipv4().quarantined()).isEqualTo(1);
  }
}
