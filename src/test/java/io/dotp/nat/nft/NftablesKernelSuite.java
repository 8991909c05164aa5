package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.adding;
import static io.dotp.nat.nft.Elements.deleting;
import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.Elements.real;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.nat.nft.OpenResult.Opened;
import io.dotp.nat.nft.OpenResult.Reason;
import io.dotp.nat.nft.OpenResult.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening, writing and reading with the real kernel: what every backend must do. */
@Tag("netns")
abstract class NftablesKernelSuite {
  private final Backend backend;
  private final List<Nftables> open = new ArrayList<>();

  NftablesKernelSuite(Backend backend) {
    this.backend = backend;
  }

  @BeforeEach
  void checkNamespace() {
    Shell.requirePrivateNamespace();
  }

  @AfterEach
  void removeTables() {
    open.forEach(Nftables::close);
    Shell.nft("flush ruleset");
  }

  private Opened opened(TableSpec spec) {
    OpenResult result = NftBackends.open(backend, spec, new NatMetrics(), System::nanoTime);
    assertThat(result).isInstanceOf(Opened.class);
    Opened opened = (Opened) result;
    open.add(opened.nftables());
    return opened;
  }

  private static void committed(CommitResult result) {
    assertThat(result).isInstanceOf(Committed.class);
  }

  private static Cause cause(CommitResult result) {
    assertThat(result).isInstanceOf(Rejected.class);
    assertThat(((Rejected) result).text()).isNotBlank();
    return ((Rejected) result).cause();
  }

  @Test
  void open_noTable_installsOurs() {
    TableSpec spec = spec("198.18.0.0/15", "2001:2:0:1::/64", "fd00::/64");

    Opened opened = opened(spec);

    assertThat(opened.managed()).isTrue();
    assertThat(opened.capacityIpv4()).isEqualTo(131_072);
    assertThat(opened.capacityIpv6()).isEqualTo(262_144);
    assertThat(Shell.nft("list table inet dotp"))
        .contains("comment \"dotp 2\"", "dnat ip to ip daddr map @nat_map", "masquerade")
        .contains("ip daddr 198.18.0.0/15 ", "ip6 daddr { 2001:2:0:1::/64, fd00::/64 }");
  }

  @ParameterizedTest
  @CsvSource({"198.18.0.0/15, ip6", "2001:2::/48, ip daddr"})
  void open_onePool_hasNothingOfTheOtherFamily(String pool, String other) {
    TableSpec spec = spec(pool);

    Opened opened = opened(spec);

    assertThat(opened.capacityIpv4() == 0 || opened.capacityIpv6() == 0).isTrue();
    assertThat(Shell.nft("list table inet dotp")).doesNotContain(other);
  }

  @Test
  void open_again_keepsElementsAndRestoresRules() {
    TableSpec spec = spec("198.18.0.0/15", "2001:2::/48");
    NftTransaction elements =
        adding(
            map("198.18.0.1", "203.0.113.1"),
            map("2001:2::1", "2001:db8::1"),
            real("203.0.113.1"),
            real("2001:db8::1"));
    committed(opened(spec).nftables().commit(elements));
    String before = Shell.nft("list table inet dotp");
    Shell.nft("flush table inet dotp");

    Opened second = opened(spec);

    assertThat(second.managed()).isTrue();
    assertThat(second.nftables().read())
        .isEqualTo(new ReadResult.Elements(held(elements.adds().stream())));
    assertThat(Shell.nft("list table inet dotp")).isEqualTo(before);
  }

  @Test
  void open_otherPoolsOfTheSameSize_keepsElementsAndUse() {
    NftElement kept = map("198.18.0.1", "203.0.113.1");
    NftElement outside = map("100.64.0.1", "203.0.113.1");
    committed(
        opened(spec("198.18.0.0/17", "100.64.0.0/24")).nftables().commit(adding(kept, outside)));
    Shell.nft("add element inet dotp used { 198.18.0.1 }");

    Opened second = opened(spec("198.18.0.0/16"));

    assertThat(second.nftables().read())
        .isEqualTo(new ReadResult.Elements(held(Stream.of(kept, outside))));
    assertThat(Shell.nft("list table inet dotp"))
        .contains("ip daddr 198.18.0.0/16 dnat", "198.18.0.1 expires")
        .doesNotContain("100.64.0.0/24");
  }

  @Test
  void open_largerPoolAndAnotherFamily_makesTheTableAnewWithItsElements() {
    NftElement kept = map("198.18.0.1", "203.0.113.1");
    NftElement outside = map("100.64.0.1", "203.0.113.1");
    committed(
        opened(spec("198.18.0.0/17", "100.64.0.0/24"))
            .nftables()
            .commit(adding(kept, outside, real("203.0.113.1"))));

    Opened second = opened(spec("198.18.0.0/15", "2001:2::/48"));

    assertThat(second.capacityIpv4()).isEqualTo(131_072);
    assertThat(second.nftables().read())
        .isEqualTo(new ReadResult.Elements(held(Stream.of(kept, real("203.0.113.1")))));
    committed(second.nftables().commit(adding(map("2001:2::1", "2001:db8::1"))));
  }

  @Test
  void open_familyGivenUp_dropsItsSets() {
    committed(
        opened(spec("198.18.0.0/15", "2001:2::/48"))
            .nftables()
            .commit(adding(map("198.18.0.1", "203.0.113.1"), map("2001:2::1", "2001:db8::1"))));

    Opened second = opened(spec("198.18.0.0/15"));

    assertThat(second.nftables().read())
        .isEqualTo(new ReadResult.Elements(held(Stream.of(map("198.18.0.1", "203.0.113.1")))));
    assertThat(Shell.nft("list table inet dotp")).doesNotContain("nat_map6");
  }

  @Test
  void open_tableOfAnotherLayout_isMadeAnewWithItsElements() {
    Shell.nft("add table inet dotp { comment \"dotp 0\"; }");
    Shell.nft(
        "add map inet dotp nat_map { typeof ip daddr : ip daddr; size 100; flags timeout; };"
            + "add set inet dotp nat_addr { typeof ip daddr; };"
            + "add set inet dotp relic { typeof ip daddr; };"
            + "add element inet dotp nat_map { 198.18.0.1 : 203.0.113.1 }");

    Opened opened = opened(spec("198.18.0.0/15"));

    assertThat(opened.managed()).isTrue();
    assertThat(opened.nftables().read())
        .isEqualTo(new ReadResult.Elements(held(Stream.of(map("198.18.0.1", "203.0.113.1")))));
    assertThat(Shell.nft("list table inet dotp"))
        .contains("comment \"dotp 2\"")
        .doesNotContain("relic");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete chain inet dotp nat_output; add chain inet dotp nat_output { type nat hook output"
            + " priority -99; }",
        "delete chain inet dotp steered_output; add chain inet dotp steered_output { type filter"
            + " hook input priority 0; }",
        "delete set inet dotp nat_addr; add set inet dotp nat_addr { typeof ip daddr; flags"
            + " timeout; size 131072; }",
        "delete map inet dotp nat_map; add map inet dotp nat_map { typeof ip daddr : ip daddr;"
            + " flags timeout; size 131072; }",
      })
  void open_changedByHand_isMadeAnew(String change) {
    opened(spec("198.18.0.0/15"));
    String whole = Shell.nft("list table inet dotp");
    Shell.nft("flush table inet dotp; " + change);
    Shell.nft("add element inet dotp nat_map { 198.18.0.1 : 203.0.113.1 }");

    Opened second = opened(spec("198.18.0.0/15"));

    assertThat(second.nftables().read())
        .isEqualTo(new ReadResult.Elements(held(Stream.of(map("198.18.0.1", "203.0.113.1")))));
    Shell.nft("flush map inet dotp nat_map");
    assertThat(Shell.nft("list table inet dotp")).isEqualTo(whole);
  }

  @Test
  void open_shippedFileLoaded_isTheAdministrators() {
    Shell.outputOf("nft", "-f", "nft/rules.nft");
    Shell.nft("add element inet dotp nat_map6 { fd00::9 : 2001:db8::9 }");
    String before = Shell.nft("list table inet dotp");

    Opened opened = opened(spec("100.64.0.0/24"));

    assertThat(opened.managed()).isFalse();
    assertThat(opened.capacityIpv4()).isEqualTo(65_536);
    assertThat(opened.capacityIpv6()).isZero();
    assertThat(Shell.nft("list table inet dotp")).isEqualTo(before);
    assertThat(opened.nftables().read())
        .as("left over from a run with an IPv6 pool")
        .isEqualTo(new ReadResult.Elements(held(Stream.of(map("fd00::9", "2001:db8::9")))));
    committed(opened.nftables().commit(deleting(map("fd00::9", "2001:db8::9"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "size 1000; | size 10; | 10",
        "flags timeout; | flags timeout; size 5; | 5",
        "size 9; | comment \"unlimited\"; | 9",
      })
  void open_tableOfSomebody_tellsItsCapacity(String map, String set, int capacity) {
    Shell.nft(
        "add table inet dotp; add map inet dotp nat_map { type ipv4_addr : ipv4_addr; "
            + map
            + " }; add set inet dotp nat_addr { type ipv4_addr; "
            + set
            + " }");

    Opened opened = opened(spec("100.64.0.0/24"));

    assertThat(opened.managed()).isFalse();
    assertThat(opened.capacityIpv4()).isEqualTo(capacity);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set nat_addr { type ipv4_addr; } | map nat_map: expected a map of ipv4_addr : ipv4_addr,"
            + " found none",
        "map nat_map { type ipv4_addr : verdict; } | map nat_map: expected a map of ipv4_addr :"
            + " ipv4_addr, found a map of ipv4_addr : verdict",
        "map nat_map { type ipv6_addr : ipv6_addr; } | found a map of ipv6_addr : ipv6_addr",
        "map nat_map { type ipv4_addr . inet_service : ipv4_addr; } | found a map of ipv4_addr ."
            + " inet_service : ipv4_addr",
        "set nat_map { type ipv4_addr; } | found a set of ipv4_addr",
        "map nat_map { type ipv4_addr : ipv4_addr; flags interval; } | found flags interval",
        "map nat_map { type ipv4_addr : ipv4_addr; flags timeout; timeout 1m; } | found timeout"
            + " 60s",
        "map nat_map { type ipv4_addr : ipv4_addr; } | set nat_addr: expected a set of"
            + " ipv4_addr, found none",
      })
  void open_wrongSet_saysExpectedFoundAndRemedy(String declaration, String message) {
    Shell.nft("add table inet dotp; add " + declaration.replaceFirst(" ", " inet dotp "));
    String before = Shell.nft("list ruleset");

    OpenResult result =
        NftBackends.open(backend, spec("100.64.0.0/24"), new NatMetrics(), System::nanoTime);

    assertThat(((Refused) result).reason()).isEqualTo(Reason.WRONG_TABLE);
    assertThat(((Refused) result).message()).contains(message, "nft delete table inet dotp");
    assertThat(Shell.nft("list ruleset")).isEqualTo(before);
  }

  @Test
  void commit_contradictions_changeNothingAndHaveCauses() {
    Nftables nftables = opened(spec("198.18.0.0/15", "2001:2::/48")).nftables();
    NftTransaction elements =
        adding(map("198.18.0.1", "203.0.113.1"), map("2001:2::1", "2001:db8::1"));
    committed(nftables.commit(elements));

    CommitResult exists =
        nftables.commit(adding(map("198.18.0.2", "203.0.113.2"), map("198.18.0.1", "203.0.113.9")));
    CommitResult missing =
        nftables.commit(
            new NftTransaction(
                List.of(map("2001:2::9", "2001:db8::1")),
                List.of(map("198.18.0.3", "203.0.113.3"))));
    CommitResult same = nftables.commit(elements);

    assertThat(cause(exists)).isEqualTo(Cause.EXISTS);
    assertThat(cause(missing)).isEqualTo(Cause.MISSING);
    committed(same);
    assertThat(nftables.read()).isEqualTo(new ReadResult.Elements(held(elements.adds().stream())));
  }

  @Test
  void commit_fullMap_refusesAndExchanges() {
    Shell.nft(
        "add table inet dotp; add map inet dotp nat_map { typeof ip daddr : ip daddr; size 4; };"
            + "add set inet dotp nat_addr { typeof ip daddr; size 4; }");
    Nftables nftables = opened(spec("198.18.0.0/15")).nftables();
    List<NftElement> four =
        Stream.of(1, 2, 3, 4).map(i -> map("198.18.0." + i, "203.0.113." + i)).toList();
    committed(nftables.commit(new NftTransaction(List.of(), four)));

    CommitResult more = nftables.commit(adding(map("198.18.0.5", "203.0.113.5")));
    CommitResult exchange =
        nftables.commit(
            new NftTransaction(
                List.of(four.get(0), four.get(1)),
                List.of(map("198.18.0.1", "203.0.113.7"), map("198.18.0.5", "203.0.113.5"))));

    assertThat(cause(more)).isEqualTo(Cause.FULL);
    committed(exchange);
    assertThat(nftables.read())
        .isEqualTo(
            new ReadResult.Elements(
                held(
                    Stream.of(
                        map("198.18.0.1", "203.0.113.7"),
                        four.get(2),
                        four.get(3),
                        map("198.18.0.5", "203.0.113.5")))));
  }

  @Test
  void commitAndRead_tableGone_areMissing() {
    Nftables nftables = opened(spec("198.18.0.0/15")).nftables();
    Shell.nft("flush ruleset");

    CommitResult commit = nftables.commit(adding(map("198.18.0.1", "203.0.113.1")));
    ReadResult read = nftables.read();

    assertThat(cause(commit)).isEqualTo(Cause.MISSING);
    assertThat(((ReadResult.Unreadable) read).cause()).isEqualTo(Cause.MISSING);
  }

  @Test
  void commit_tenThousandElements_areAdoptedByTheNextAndSurviveAMigration() {
    List<NftElement> many = Elements.many(10_000);
    Nftables first = opened(spec("198.18.0.0/16", "2001:2::/48")).nftables();
    committed(first.commit(new NftTransaction(List.of(), many)));

    ReadResult adopted = opened(spec("198.18.0.0/16", "2001:2::/48")).nftables().read();
    ReadResult migrated = opened(spec("198.18.0.0/15", "2001:2::/48")).nftables().read();

    ReadResult expected = new ReadResult.Elements(held(many.stream()));
    assertThat(adopted.equals(expected)).isTrue();
    assertThat(migrated.equals(expected)).isTrue();
    committed(first.commit(new NftTransaction(many, List.of())));
    assertThat(first.read()).isEqualTo(new ReadResult.Elements(held(Stream.of())));
  }

  @Test
  void open_withoutTheCapability_saysWhatToDo() {
    String java = System.getProperty("java.home") + "/bin/java";
    String[] command = {
      "setpriv",
      "--bounding-set=-net_admin",
      "--inh-caps=-net_admin",
      java,
      "-cp",
      System.getProperty("java.class.path"),
      OpenOnce.class.getName(),
      backend.name()
    };

    Shell.Outcome outcome = Shell.run(command);

    assertThat(outcome.output()).contains("NOT_PERMITTED", "CAP_NET_ADMIN", "AmbientCapabilities");
    assertThat(Shell.nft("list ruleset")).isEmpty();
  }

  /** Opens a table in a process of its own and prints the result. */
  static final class OpenOnce {
    private OpenOnce() {}

    public static void main(String[] args) {
      System.out.println(
          NftBackends.open(
              Backend.valueOf(args[0]), spec("198.18.0.0/15"), new NatMetrics(), System::nanoTime));
    }
  }
}
