package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.QUARANTINE;
import static io.dotp.nat.WriterRig.address;
import static io.dotp.nat.WriterRig.real;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ClientLimits;
import io.dotp.config.MappingKey;
import io.dotp.config.PoolConfig;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.nat.NatController.StartResult;
import io.dotp.nat.journal.JournalEntry;
import io.dotp.nat.mapping.Mapping;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Fakes that belong to a name and an address. */
class MappingKeyTest {
  private static final DomainName A = DomainName.parse("a.example");
  private static final DomainName B = DomainName.parse("b.example");

  private final ModelKernel kernel = new ModelKernel(10_000);
  private final WriterRig rig = rig(kernel);

  private static WriterRig rig(ModelKernel kernel) {
    return rig(kernel, new ModelJournal(() -> 0));
  }

  private static WriterRig rig(ModelKernel kernel, ModelJournal journal) {
    PoolConfig pool = new PoolConfig(MappingKey.NAME_ADDRESS, null, List.of(), ClientLimits.PRESET);
    return new WriterRig(kernel, WriterRig.settings(pool, "198.18.0.0/20"), journal);
  }

  private static Wanted wanted(DomainName name, IpAddress real) {
    return new Wanted(FIRST, name, List.of(real), null);
  }

  private Mapping acquire(DomainName name, IpAddress real) {
    return rig.acquire(wanted(name, real)).mapping();
  }

  @Test
  void acquire_twoNamesOfOneAddress_haveAFakeEachAndShareTheSetElement() {
    Mapping one = acquire(A, real(1));
    Mapping other = acquire(B, real(1));

    assertThat(kernel.elements().map())
        .isEqualTo(Map.of(one.fake(), real(1), other.fake(), real(1)));
    assertThat(kernel.elements().reals()).containsExactly(real(1));
    assertThat(one.fake()).isNotEqualTo(other.fake());
    assertThat(rig.table.byOwner(FIRST, A, real(1))).isSameAs(one);
    assertThat(rig.table.byOwner(FIRST, B, real(1))).isSameAs(other);
    assertThat(acquire(A, real(1))).isSameAs(one);
  }

  @Test
  void expiry_ofOneName_leavesTheOthersSetElement() {
    Mapping one = acquire(A, real(1));
    rig.pass(WriterRig.TTL.dividedBy(2));
    Mapping other = acquire(B, real(1));

    rig.passAndRun(WriterRig.TTL.dividedBy(2).plusSeconds(3));

    assertThat(kernel.elements().map()).isEqualTo(Map.of(other.fake(), real(1)));
    assertThat(kernel.elements().reals()).containsExactly(real(1));
    rig.expireAll();
    assertThat(kernel.elements().reals()).isEmpty();
    assertThat(rig.table.byFake(one.fake())).isNull();
  }

  @Test
  void acquire_journalMissedThatTheFakeWasFreed_isOfTheNewNameThere() {
    IpAddress fake = rig(new ModelKernel(10)).acquire(wanted(B, real(1))).mapping().fake();
    rig.journal.entries.put(
        fake, new JournalEntry(real(1), "default", List.of(A), JournalEntry.LIVE));

    Mapping mapping = acquire(B, real(1));

    assertThat(mapping.fake()).isEqualTo(fake);
    assertThat(requireNonNull(rig.journal.entries.get(fake)).names()).containsExactly(B);
  }

  @Test
  void acquire_duringTheRest_revivesTheFakeOfTheSameNameOnly() {
    IpAddress fake = acquire(A, real(1)).fake();
    rig.expireAll();

    assertThat(acquire(B, real(1)).fake()).isNotEqualTo(fake);
    assertThat(acquire(A, real(1)).fake()).isEqualTo(fake);
    assertThat(rig.metrics.revived.sum()).isEqualTo(1);
  }

  @Test
  void adopt_knownName_isItsFakeAgain() {
    Mapping before = acquire(A, real(1));
    rig.journal.named(before.fake(), real(1), "default", B);
    WriterRig next = rig(kernel, rig.journal);

    StartResult result = next.adopt();

    assertThat(result).isEqualTo(new StartResult.Started(1, 0, 0));
    Mapping adopted = requireNonNull(next.table.byOwner(FIRST, A, real(1)));
    assertThat(adopted.fake()).isEqualTo(before.fake());
    assertThat(adopted.names()).containsExactly(A, B);
    assertThat(next.acquire(wanted(A, real(1))).mapping()).isSameAs(adopted);
  }

  @Test
  void adopt_unknownName_worksUntilItsLeaseEndsAndIsGivenToNobody() {
    Mapping before = acquire(A, real(1));
    WriterRig next = rig(kernel);

    StartResult result = next.adopt();
    Mapping fresh = next.acquire(wanted(A, real(1))).mapping();

    assertThat(result).isEqualTo(new StartResult.Started(1, 0, 1));
    assertThat(requireNonNull(next.table.byFake(before.fake())).real()).isEqualTo(real(1));
    assertThat(fresh.fake()).isNotEqualTo(before.fake());
    next.expireAll();
    assertThat(next.table.byFake(before.fake())).isNull();
    assertThat(kernel.elements().map()).isEmpty();
    next.passAndRun(QUARANTINE.plusSeconds(1));
    assertThat(next.writer.status().ipv4().quarantined()).isZero();
  }

  @Test
  void adopt_addressAsKey_knowsTheNames() {
    kernel.put(address("198.18.0.7"), real(1));
    ModelJournal journal = new ModelJournal(() -> 0);
    journal.live(address("198.18.0.7"), real(1), "default", List.of(A, B));
    WriterRig plain = new WriterRig(kernel, WriterRig.settings("198.18.0.0/20"), journal);

    plain.adopt();

    assertThat(requireNonNull(plain.table.byReal(FIRST, real(1))).names()).containsExactly(A, B);
  }

  @Test
  void adopt_reservedFake_worksUntilItsLeaseEnds() {
    kernel.put(address("198.18.0.7"), real(1));
    PoolConfig pool =
        new PoolConfig(
            MappingKey.ADDRESS,
            null,
            List.of(requireNonNull(io.dotp.ip.IpPrefix.parse("198.18.0.0/28"))),
            ClientLimits.PRESET);
    WriterRig next = new WriterRig(kernel, WriterRig.settings(pool, "198.18.0.0/20"));

    next.adopt();

    assertThat(next.acquire(real(1)).mapping().fake()).isNotEqualTo(address("198.18.0.7"));
    assertThat(kernel.realOf(address("198.18.0.7"))).isEqualTo(real(1));
    next.expireAll();
    assertThat(kernel.realOf(address("198.18.0.7"))).isNull();
    assertThat(next.writer.status().ipv4().poolSize()).isEqualTo(4094 - 15);
  }
}
