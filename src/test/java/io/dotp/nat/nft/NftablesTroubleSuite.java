package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.adding;
import static io.dotp.nat.nft.Elements.deleting;
import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.Elements.real;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.nat.nft.OpenResult.Opened;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels that refuse and strangers who write: what every backend must bear. */
@Tag("netns")
abstract class NftablesTroubleSuite {
  private final Backend backend;
  final NatMetrics metrics = new NatMetrics();
  private final List<Nftables> open = new ArrayList<>();
  private final List<Process> strangers = new ArrayList<>();

  NftablesTroubleSuite(Backend backend) {
    this.backend = backend;
  }

  @BeforeEach
  void checkNamespace() {
    Shell.requirePrivateNamespace();
  }

  @AfterEach
  void removeTables() throws InterruptedException {
    for (Process stranger : strangers) {
      stranger.descendants().forEach(ProcessHandle::destroyForcibly);
      stranger.destroyForcibly().waitFor();
    }
    open.forEach(Nftables::close);
    Shell.nft("flush ruleset");
  }

  Nftables opened(String... pools) {
    OpenResult result = NftBackends.open(backend, spec(pools), metrics, System::nanoTime);
    assertThat(result).isInstanceOf(Opened.class);
    Nftables nftables = ((Opened) result).nftables();
    open.add(nftables);
    return nftables;
  }

  /** A loop of shell commands that runs until the test ends. */
  void disturb(String commands) {
    strangers.add(
        Shell.start("sh", "-c", "echo ready; i=0; while :; do i=$((i+1)); " + commands + "; done"));
  }

  static void committed(CommitResult result) {
    assertThat(result).isInstanceOf(Committed.class);
  }

  private static Cause cause(CommitResult result) {
    assertThat(result).isInstanceOf(Rejected.class);
    return ((Rejected) result).cause();
  }

  private static void holds(Nftables nftables, Stream<NftElement> elements) {
    boolean equal = nftables.read().equals(new ReadResult.Elements(held(elements)));
    assertThat(equal).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "EXISTS, 198.18.0.1, 203.0.113.9",
    "EXISTS, 2001:2::1, 2001:db8::9",
    "MISSING, 198.18.0.9, 203.0.113.1",
    "MISSING, 2001:2::9, 2001:db8::1",
  })
  void commit_oneBadElement_hasItsCauseAndLeavesNothing(Cause cause, String fake, String real) {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");
    NftElement four = map("198.18.0.1", "203.0.113.1");
    NftElement six = map("2001:2::1", "2001:db8::1");
    committed(nftables.commit(adding(four, six)));

    CommitResult result =
        nftables.commit(
            cause == Cause.EXISTS
                ? adding(map("198.18.0.5", "203.0.113.5"), map(fake, real), real("2001:db8::5"))
                : new NftTransaction(
                    List.of(six, map(fake, real)), List.of(map("198.18.0.5", "203.0.113.5"))));

    assertThat(cause(result)).isEqualTo(cause);
    holds(nftables, Stream.of(four, six));
  }

  @ParameterizedTest
  @CsvSource({"203.0.113.9", "2001:db8::9"})
  void commit_missingRealAddress_isMissing(String real) {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");

    assertThat(cause(nftables.commit(deleting(real(real))))).isEqualTo(Cause.MISSING);
  }

  @Test
  void commit_mapFullInTheMiddle_leavesNothing() {
    Shell.nft(
        "add table inet dotp; add map inet dotp nat_map { typeof ip daddr : ip daddr; size 4; };"
            + "add set inet dotp nat_addr { typeof ip daddr; size 40; }");
    Nftables nftables = opened("198.18.0.0/15");
    List<NftElement> six =
        IntStream.rangeClosed(1, 6)
            .mapToObj(i -> map("198.18.0." + i, "203.0.113." + i))
            .collect(Collectors.toList());
    six.add(real("203.0.113.1"));

    CommitResult result = nftables.commit(new NftTransaction(List.of(), six));

    assertThat(cause(result)).isEqualTo(Cause.FULL);
    holds(nftables, Stream.of());
    committed(nftables.commit(new NftTransaction(List.of(), six.subList(0, 4))));
    holds(nftables, six.subList(0, 4).stream());
  }

  @Test
  void commitAndRead_capabilityLost_areNotPermitted() {
    List<CommitResult> commits = new ArrayList<>();
    List<ReadResult> reads = new ArrayList<>();
    // Capabilities are a thread's own, so the thread is given up with them.
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (Nftables nftables = openedHere()) {
                commits.add(nftables.commit(adding(map("198.18.0.1", "203.0.113.1"))));
                assertThat(Capabilities.drop()).isZero();
                commits.add(nftables.commit(adding(map("198.18.0.2", "203.0.113.2"))));
                reads.add(nftables.read());
                done.complete(null);
              } catch (AssertionError | RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    thread.start();
    done.join();

    committed(commits.get(0));
    assertThat(cause(commits.get(1))).isEqualTo(Cause.NOT_PERMITTED);
    assertThat(((Rejected) commits.get(1)).text()).contains("CAP_NET_ADMIN");
    assertThat(((ReadResult.Unreadable) reads.get(0)).cause()).isEqualTo(Cause.NOT_PERMITTED);
    assertThat(((ReadResult.Unreadable) reads.get(0)).text()).contains("CAP_NET_ADMIN");
  }

  private Nftables openedHere() {
    return ((Opened) NftBackends.open(backend, spec("198.18.0.0/15"), metrics, System::nanoTime))
        .nftables();
  }

  @Test
  void commit_setOfAnotherTypeMeanwhile_isRefused() {
    Nftables nftables = opened("198.18.0.0/15");
    Shell.nft(
        "delete table inet dotp; add table inet dotp;"
            + "add map inet dotp nat_map { type ipv6_addr : ipv6_addr; }");

    assertThat(nftables.commit(adding(map("198.18.0.1", "203.0.113.1"))))
        .isInstanceOf(Rejected.class);
    assertThat(Shell.nft("list map inet dotp nat_map")).doesNotContain("elements");
  }

  @Test
  void commit_strangersElementsWithTimeouts_areLeftAlone() {
    Shell.nft(
        "add table inet dotp; add map inet dotp nat_map { typeof ip daddr : ip daddr; flags"
            + " timeout; }; add set inet dotp nat_addr { typeof ip daddr; flags timeout; };"
            + "add element inet dotp nat_map { 198.18.0.9 timeout 1h : 203.0.113.9 };"
            + "add element inet dotp nat_addr { 203.0.113.9 timeout 1h }");
    Nftables nftables = opened("198.18.0.0/15");
    NftElement ours = map("198.18.0.1", "203.0.113.1");

    committed(nftables.commit(adding(ours, real("203.0.113.1"))));
    committed(nftables.commit(deleting(real("203.0.113.1"))));

    assertThat(Shell.nft("list map inet dotp nat_map"))
        .contains("198.18.0.9 timeout 1h", "198.18.0.1 : 203.0.113.1");
    holds(nftables, Stream.of(ours, map("198.18.0.9", "203.0.113.9"), real("203.0.113.9")));
  }

  @Test
  void commit_hostileStrangerOnOurElements_isARefusalOrDoneAndCanBeMended() {
    Nftables nftables = opened("198.18.0.0/15");
    disturb(
        "k=$((i%50)); nft add element inet dotp nat_map { 198.18.0.$k : 192.0.2.1 } 2>/dev/null;"
            + " nft delete element inet dotp nat_map { 198.18.0.$(((i+25)%50)) } 2>/dev/null");
    Set<Cause> causes = EnumSet.noneOf(Cause.class);
    for (int round = 0; round < 300; round++) {
      int number = round % 50;
      NftElement element = map("198.18.0." + number, "203.0.113." + number);
      CommitResult result =
          nftables.commit(
              new NftTransaction(round % 3 == 0 ? List.of(element) : List.of(), List.of(element)));
      if (result instanceof Rejected rejected) {
        causes.add(rejected.cause());
      }
    }
    strangers.forEach(Process::destroyForcibly);
    strangers.forEach(stranger -> stranger.onExit().join());

    assertThat(causes).isSubsetOf(Cause.EXISTS, Cause.MISSING);
    List<NftElement> wanted =
        IntStream.range(0, 100).mapToObj(i -> map("198.18.0." + i, "203.0.113." + i)).toList();
    Map<IpAddress, IpAddress> found = ((ReadResult.Elements) nftables.read()).elements().map();
    List<NftElement> all = new ArrayList<>();
    found.forEach((fake, real) -> all.add(new NftElement.MapEntry(fake, real)));
    committed(nftables.commit(new NftTransaction(all, wanted)));
    holds(nftables, wanted.stream());
  }

  @Test
  void commitAndRead_fourParallelWritersOfOtherTables_loseNothing() {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");
    List<NftElement> many = Elements.many(5_000);
    committed(nftables.commit(new NftTransaction(List.of(), many)));
    for (int i = 0; i < 4; i++) {
      Shell.nft("add table inet o" + i + "; add set inet o" + i + " s { typeof ip daddr; }");
      disturb(
          "nft add element inet o"
              + i
              + " s { 10.0.$((i/250%250)).$((i%250)) };"
              + " nft add chain inet o"
              + i
              + " c$i");
    }

    List<NftElement> added = new ArrayList<>(many);
    for (int i = 0; i < 200; i++) {
      NftElement element = map("198.19.255." + i, "203.0.113." + i);
      added.add(element);
      committed(nftables.commit(adding(element)));
    }
    for (int i = 0; i < 5; i++) {
      holds(nftables, added.stream());
    }
  }

  /** Nothing that is long is looked at in one go, or it is believed though disturbed. */
  @Test
  void readAndRestore_besideAStrangerWhoNeverRests_end() {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");
    KernelElements wanted = held(Elements.many(30_000).stream());
    committed(nftables.restore(wanted));
    Shell.nft("add table inet other; add set inet other s { typeof ip daddr; }");
    String line = "add element inet other s { 10.0.0.1 }; delete element inet other s { 10.0.0.1 }";
    // It rests at last, so that a look without end is seen to have been one.
    Process stranger =
        Shell.start("sh", "-c", "echo ready; yes '" + line + "' | timeout 40 nft -i >/dev/null");
    strangers.add(stranger);
    long before = Generations.now();
    Waiting.until(() -> Generations.now() > before + 100, "the stranger");

    holds(nftables, Elements.many(30_000).stream());
    committed(nftables.restore(wanted));
    Shell.nft("delete table inet dotp");
    committed(nftables.restore(wanted));

    assertThat(stranger.isAlive()).isTrue();
    holds(nftables, Elements.many(30_000).stream());
  }

  @Test
  void commit_besideALargeForeignFirewall_touchesNothingOfIt() {
    ForeignFirewall.loadRules(600);
    ForeignFirewall.loadPrefixes(20_000);
    String foreign = Shell.nft("list table inet foreign");
    Nftables nftables = opened("198.18.0.0/15");
    NftElement element = map("198.18.0.1", "203.0.113.1");

    committed(nftables.commit(adding(element, real("203.0.113.1"))));
    committed(nftables.commit(deleting(real("203.0.113.1"))));

    holds(nftables, Stream.of(element));
    assertThat(Shell.nft("list table inet foreign").equals(foreign)).isTrue();
  }

  @Test
  void commit_sixtyFiveThousandElementsAtOnce_areReadBack() {
    Nftables nftables = opened("198.18.0.0/15", "2001:2::/48");
    List<NftElement> many = new ArrayList<>(Elements.many(65_536));
    many.add(real("203.0.113.1"));
    many.add(real("2001:db8::1"));

    committed(nftables.commit(new NftTransaction(List.of(), many)));

    holds(nftables, many.stream());
    committed(nftables.commit(new NftTransaction(many, List.of(map("198.18.0.1", "192.0.2.1")))));
    holds(nftables, Stream.of(map("198.18.0.1", "192.0.2.1")));
  }

  @Test
  void commit_killedAtAnyMoment_leavesWholeTransactions() throws InterruptedException {
    String executable = System.getProperty("java.home") + "/bin/java";
    String classPath = System.getProperty("java.class.path");
    for (int round = 0; round < 3; round++) {
      Process writer =
          Shell.start(executable, "-cp", classPath, EndlessWriter.class.getName(), backend.name());
      strangers.add(writer);
      // Any moment will do; what the child does between is never half a transaction.
      writer.waitFor(20 + 30 * round, TimeUnit.MILLISECONDS);
      writer.destroyForcibly().waitFor();

      KernelElements left = ((ReadResult.Elements) opened("198.18.0.0/15").read()).elements();
      assertThat(new HashSet<>(left.map().values())).isEqualTo(left.reals());
      assertThat(left.map().size() % 2).isZero();
    }
  }

  /** Adds and deletes two mappings and their real addresses, for ever. */
  static final class EndlessWriter {
    private EndlessWriter() {}

    public static void main(String[] args) {
      OpenResult result =
          NftBackends.open(
              Backend.valueOf(args[0]), spec("198.18.0.0/15"), new NatMetrics(), System::nanoTime);
      Nftables nftables = ((Opened) result).nftables();
      List<NftElement> left = new ArrayList<>();
      ((ReadResult.Elements) nftables.read())
          .elements()
          .map()
          .forEach(
              (fake, real) -> {
                left.add(new NftElement.MapEntry(fake, real));
                left.add(new NftElement.RealEntry(real));
              });
      nftables.commit(new NftTransaction(left, List.of()));
      System.out.println("ready");
      for (int i = 0; ; i++) {
        NftTransaction add =
            adding(
                map("198.18.0." + (i % 100), "203.0.113." + (i % 100)),
                map("198.18.1." + (i % 100), "203.0.114." + (i % 100)),
                real("203.0.113." + (i % 100)),
                real("203.0.114." + (i % 100)));
        nftables.commit(add);
        if (i % 2 == 0) {
          nftables.commit(new NftTransaction(add.adds(), List.of()));
        }
      }
    }
  }
}
