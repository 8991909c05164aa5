package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.adding;
import static io.dotp.nat.nft.Elements.deleting;
import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.Elements.real;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The copy in memory answers as the kernel does. */
class DryRunNftablesTest {
  private static Nftables open(String... pools) {
    return ((OpenResult.Opened) DryRunNftables.open(spec(pools))).nftables();
  }

  @Test
  void open_onePool_hasItsCapacity() {
    TableSpec spec = spec("198.18.0.0/15");

    OpenResult.Opened opened = (OpenResult.Opened) DryRunNftables.open(spec);

    assertThat(opened.managed()).isTrue();
    assertThat(opened.capacityIpv4()).isEqualTo(131_072);
    assertThat(opened.capacityIpv6()).isZero();
  }

  @Test
  void read_afterCommits_agrees() {
    Nftables nftables = open("198.18.0.0/15", "2001:2::/48");

    CommitResult first =
        nftables.commit(
            adding(
                map("198.18.0.1", "203.0.113.1"),
                map("2001:2::1", "2001:db8::1"),
                real("203.0.113.1")));
    CommitResult second =
        nftables.commit(
            new NftTransaction(
                List.of(map("198.18.0.1", "203.0.113.1")),
                List.of(map("198.18.0.1", "203.0.113.2"))));

    assertThat(List.of(first, second)).allMatch(Committed.class::isInstance);
    assertThat(nftables.read())
        .isEqualTo(
            new ReadResult.Elements(
                held(
                    Stream.of(
                        map("198.18.0.1", "203.0.113.2"),
                        map("2001:2::1", "2001:db8::1"),
                        real("203.0.113.1")))));
  }

  @Test
  void commit_contradiction_changesNothing() {
    Nftables nftables = open("198.18.0.0/15");
    nftables.commit(adding(map("198.18.0.1", "203.0.113.1"), real("203.0.113.1")));
    ReadResult before = nftables.read();

    List<CommitResult> results =
        List.of(
            nftables.commit(
                adding(map("198.18.0.2", "203.0.113.2"), map("198.18.0.1", "203.0.113.9"))),
            nftables.commit(deleting(real("203.0.113.1"), map("198.18.0.3", "203.0.113.3"))),
            nftables.commit(adding(real("203.0.113.7"), map("2001:2::1", "2001:db8::1"))));

    assertThat(results)
        .extracting(result -> ((Rejected) result).cause())
        .containsExactly(Cause.EXISTS, Cause.MISSING, Cause.MISSING);
    assertThat(nftables.read()).isEqualTo(before);
  }

  @Test
  void commit_sameAgain_isFine() {
    Nftables nftables = open("198.18.0.0/15");
    nftables.commit(adding(map("198.18.0.1", "203.0.113.1")));

    CommitResult result = nftables.commit(adding(map("198.18.0.1", "203.0.113.1")));

    assertThat(result).isInstanceOf(Committed.class);
  }

  @Test
  void commit_fullMap_refusesAndExchanges() {
    Nftables nftables = open("198.18.0.0/16");
    List<NftElement> all = new ArrayList<>();
    for (int i = 0; i < 65_536; i++) {
      all.add(map("198.18." + (i >> 8) + "." + (i & 255), "203.0.113.1"));
    }
    nftables.commit(new NftTransaction(List.of(), all));

    CommitResult more = nftables.commit(adding(map("198.19.0.0", "203.0.113.1")));
    CommitResult exchange =
        nftables.commit(
            new NftTransaction(
                List.of(map("198.18.0.7", "203.0.113.1")),
                List.of(map("198.19.0.0", "203.0.113.1"))));

    assertThat(((Rejected) more).cause()).isEqualTo(Cause.FULL);
    assertThat(exchange).isInstanceOf(Committed.class);
  }
}
