package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.Asker.Outcome;
import io.dotp.dns.upstream.LyingUpstream.Seen;
import io.dotp.name.DomainName;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ports, IDs and descriptors. */
class SocketsTest {
  private static void askInWaves(Asker asker, int waves, int size) throws Exception {
    for (int wave = 0; wave < waves; wave++) {
      List<CompletableFuture<Outcome>> waiting = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        waiting.add(asker.ask("any.example.test"));
      }
      for (CompletableFuture<Outcome> each : waiting) {
        Asker.await(each).isGood();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void queries_onKeptSockets_comeFromFreshRandomPortsWithRandomIds(String address)
      throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.of(Asker.STEADY, server.port(), address)) {

      askInWaves(asker, 2_000, 1);

      List<Seen> seen = server.seen("any", false);
      assertThat(seen).hasSize(2_000);
      assertThat(seen.stream().map(each -> each.source().getPort()).distinct().count())
          .isGreaterThanOrEqualTo(1_850);
      assertThat(countSequential(seen)).isLessThan(20);
    }
  }

  private static int countSequential(List<Seen> seen) {
    int sequential = 0;
    for (int i = 1; i < seen.size(); i++) {
      int step = seen.get(i).id() - seen.get(i - 1).id() & 0xffff;
      sequential += step == 1 || step == 0xffff ? 1 : 0;
    }
    return sequential;
  }

  @Test
  void queries_toAServerOnThisMachine_shareASocketWithDistinctIds() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.sharing(Asker.STEADY, server.port(), "127.0.0.1")) {
      List<LyingUpstream.UdpTurn> turns = new java.util.concurrent.CopyOnWriteArrayList<>();
      server.udp("held", turns::add);
      List<CompletableFuture<Outcome>> waiting = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        waiting.add(asker.ask("held.example.test"));
      }

      Asker.until(() -> turns.size() == 200);
      List<Seen> seen = server.seen("held", false);
      for (LyingUpstream.UdpTurn turn : turns) {
        turn.reply(Answers.good(turn.query));
      }

      for (CompletableFuture<Outcome> each : waiting) {
        Asker.await(each).isGood();
      }
      assertThat(seen.stream().map(Seen::source).distinct()).hasSize(1);
      assertThat(seen.stream().map(Seen::id).distinct()).hasSize(200);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 256, 65_535})
  void id_atTheEdge_isAnsweredOverBothTransports(int id) throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.withRandom(always(id), server.port(), "127.0.0.1")) {
      server.truncatedThen("1", turn -> turn.reply(Answers.good(turn.query)));
      // A name without letters draws no random case, so that all draws are IDs.
      UpstreamQuery query =
          new UpstreamQuery(DomainName.parse("1.2.3"), 1, 1, true, false, false, 0);

      Asker.await(asker.ask(query)).isGood();

      assertThat(server.seen).hasSize(2).allMatch(each -> each.id() == id);
    }
  }

  private static RandomGenerator always(int id) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException("only bytes are drawn");
      }

      @Override
      public void nextBytes(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (i % 2 == 0 ? id >> 8 : id);
        }
      }
    };
  }

  @Test
  void tenThousandQueries_leaveNoDescriptorsBehind() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1")) {
      long before = descriptors();
      try (Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {

        askInWaves(asker, 20, 500);

        assertThat(descriptors() - before).isLessThanOrEqualTo(UdpSockets.MOST_IDLE + 20);
      }
      Asker.until(() -> descriptors() <= before + 3);
    }
  }

  private static long descriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void ownSocket_isKnownWhileItsQueryIsUnderWay(String address) throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.of(Asker.STEADY, server.port(), address)) {
      List<Boolean> own = new java.util.concurrent.CopyOnWriteArrayList<>();
      server.udp(
          "tc",
          turn -> {
            own.add(asker.groups.isOwnSocket(server.seen.element().source()));
            turn.reply(Answers.truncated(turn.query));
          });
      server.tcp(
          "tc",
          turn -> {
            own.add(
                asker.groups.isOwnSocket(
                    (InetSocketAddress) turn.connection.getRemoteSocketAddress()));
            turn.reply(Answers.good(turn.query));
          });

      asker.askAndWait("tc.example.test").isGood();

      assertThat(own).containsExactly(true, true);
      assertThat(asker.groups.isOwnSocket(server.seen.element().source())).isFalse();
      assertThat(asker.groups.isOwnSocket(new InetSocketAddress(address, 9))).isFalse();
    }
  }

  @Test
  void queryOfAnIcmpError_leavesNothingForTheNextOneOfItsSocket() throws Exception {
    try (LyingUpstream second = LyingUpstream.on("127.0.0.2");
        Asker asker = Asker.of(Asker.STEADY, second.port(), "127.0.0.1", "127.0.0.2")) {
      for (int i = 0; i < 200; i++) {
        asker.askAndWait("any.example.test").isGood();
      }

      assertThat(second.seen("any", false)).hasSize(200);
    }
  }
}
