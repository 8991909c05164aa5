package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.adding;
import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.Elements.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.netlink.NetlinkSocket;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The troubles with elements by netlink, and those that only a netlink socket has. */
class NetlinkNftablesTroubleTest extends NftablesTroubleSuite {
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int NFTABLES_GROUP = 7;

  NetlinkNftablesTroubleTest() {
    super(Backend.NETLINK);
  }

  private static NetlinkSocket socket(Nftables nftables) {
    return Objects.requireNonNull(((NetlinkNftables) nftables).elements()).socket();
  }

  @Test
  void commit_refused_namesTheElement() {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");
    committed(nftables.commit(adding(map("2001:2::7", "2001:db8::1"))));

    CommitResult four =
        nftables.commit(
            new NftTransaction(
                List.of(map("198.18.0.3", "203.0.113.1")),
                List.of(map("198.18.0.4", "203.0.113.1"))));
    CommitResult six =
        nftables.commit(adding(map("2001:2::6", "2001:db8::1"), map("2001:2::7", "2001:db8::2")));
    Shell.nft("delete table inet dotp");
    CommitResult gone = nftables.commit(adding(real("203.0.113.1")));

    assertThat(((Rejected) four).text()).endsWith(": nat_map 198.18.0.3");
    assertThat(((Rejected) six).text()).endsWith(": nat_map6 2001:2::7");
    assertThat(((Rejected) gone).text()).endsWith(": nat_addr");
  }

  @Test
  void commit_errorsOverflowASmallReceiveBuffer_theFirstIsTold() {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");
    socket(nftables).set(SOL_SOCKET, SO_RCVBUF, 4096);
    List<NftElement> many = Elements.many(20_000);

    CommitResult refused = nftables.commit(new NftTransaction(many, List.of()));

    assertThat(((Rejected) refused).cause()).isEqualTo(Cause.MISSING);
    committed(nftables.commit(new NftTransaction(List.of(), many)));
    assertThat(nftables.read().equals(new ReadResult.Elements(held(many.stream())))).isTrue();
  }

  @Test
  void commit_acknowledgementLost_readingBackTellsThatItIsDone() {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");
    socket(nftables).set(SOL_SOCKET, SO_RCVBUF, 4096);
    // Our own notifications come before the acknowledgement and fill the buffer.
    assertThat(socket(nftables).join(NFTABLES_GROUP)).isZero();
    List<NftElement> many = Elements.many(2_000);

    committed(nftables.commit(new NftTransaction(List.of(), many)));
    committed(nftables.commit(new NftTransaction(many, List.of(map("198.18.0.1", "192.0.2.1")))));

    assertThat(metrics.retriedTransactions.sum()).isZero();
    assertThat(nftables.read())
        .isEqualTo(new ReadResult.Elements(held(Stream.of(map("198.18.0.1", "192.0.2.1")))));
  }

  @Test
  void commit_smallSendBuffer_goesInPieces() {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");
    socket(nftables).set(SOL_SOCKET, SO_SNDBUF, 64 << 10);
    List<NftElement> many = Elements.many(10_000);

    committed(nftables.commit(new NftTransaction(List.of(), many)));

    assertThat(nftables.read().equals(new ReadResult.Elements(held(many.stream())))).isTrue();
  }

  @Test
  void commitAndRead_socketBroken_opensAnother() {
    Nftables nftables = opened("198.18.0.0/15");
    NftTransaction transaction = adding(map("198.18.0.1", "203.0.113.1"));

    socket(nftables).close();
    CommitResult broken = nftables.commit(transaction);
    CommitResult next = nftables.commit(transaction);
    socket(nftables).close();
    ReadResult unreadable = nftables.read();
    ReadResult read = nftables.read();

    assertThat(((Rejected) broken).cause()).isEqualTo(Cause.OTHER);
    committed(next);
    assertThat(unreadable).isInstanceOf(ReadResult.Unreadable.class);
    assertThat(read).isEqualTo(new ReadResult.Elements(held(transaction.adds().stream())));
    assertThat(metrics.netlinkFallbacks.sum()).isZero();
  }
}
