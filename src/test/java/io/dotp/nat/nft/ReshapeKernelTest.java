package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.adding;
import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.Elements.real;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.nat.nft.OpenResult.Opened;
import io.dotp.nat.nft.ReshapeResult.Refused;
import io.dotp.nat.nft.ReshapeResult.Reshaped;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Other pools under a table that is in use: rules change, elements stay. */
@Tag("netns")
class ReshapeKernelTest {
  private static final String POOL = "198.18.0.0/17";
  private static final String OTHER = "198.19.0.0/17";
  private static final String IPV6 = "2001:2::/48";

  private static final KernelElements HELD =
      held(Stream.of(map("198.18.0.1", "203.0.113.1"), real("203.0.113.1")));

  private static final KernelElements BOTH =
      held(
          Stream.of(
              map("198.18.0.1", "203.0.113.1"),
              real("203.0.113.1"),
              map("2001:2::1", "2001:db8::1"),
              real("2001:db8::1")));

  private final List<Nftables> open = new ArrayList<>();

  @BeforeEach
  void checkNamespace() {
    Shell.requirePrivateNamespace();
  }

  @AfterEach
  void removeTables() {
    open.forEach(Nftables::close);
    Shell.nft("flush ruleset");
  }

  private Nftables filled(Backend backend, String... pools) {
    OpenResult result = NftBackends.open(backend, spec(pools), new NatMetrics(), System::nanoTime);
    assertThat(result).isInstanceOf(Opened.class);
    Nftables nftables = ((Opened) result).nftables();
    open.add(nftables);
    committed(nftables, map("198.18.0.1", "203.0.113.1"), real("203.0.113.1"));
    return nftables;
  }

  private static void committed(Nftables nftables, NftElement... elements) {
    assertThat(nftables.commit(adding(elements))).isEqualTo(new Committed());
  }

  private static void holds(Nftables nftables, KernelElements elements) {
    assertThat(nftables.read()).isEqualTo(new ReadResult.Elements(elements));
  }

  private static String table() {
    return Shell.nft("list table inet dotp");
  }

  private static List<String> declarations() {
    return TableListing.of(Shell.outputOf("nft", "-s", "-t", "list", "table", "inet", "dotp"))
        .blocks();
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void reshape_poolAdded_rulesKnowBothAndElementsStay(Backend backend) {
    Nftables nftables = filled(backend, POOL);

    ReshapeResult result = nftables.reshape(spec(POOL, OTHER).rules(), HELD);

    assertThat(result).isEqualTo(new Reshaped(65_536, 0));
    assertThat(table()).contains("ip daddr { " + POOL + ", " + OTHER + " }", "dotp 2");
    holds(nftables, HELD);
    committed(nftables, map("198.19.0.1", "203.0.113.1"));
    assertThat(nftables.restore(HELD)).isEqualTo(new Committed());
    holds(nftables, HELD);
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void reshape_poolRemoved_keepsElementsAndUse(Backend backend) {
    Nftables nftables = filled(backend, POOL, OTHER);
    Shell.nft("add element inet dotp used { 198.18.0.1 }");

    ReshapeResult result = nftables.reshape(spec(POOL).rules(), HELD);

    assertThat(result).isInstanceOf(Reshaped.class);
    assertThat(table()).contains("198.18.0.1 expires").doesNotContain(OTHER);
    holds(nftables, HELD);
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void reshape_poolGrown_setsGrowWithTheirElements(Backend backend) {
    Nftables nftables = filled(backend, POOL);

    ReshapeResult result = nftables.reshape(spec("198.18.0.0/15").rules(), HELD);

    assertThat(result).isEqualTo(new Reshaped(131_072, 0));
    assertThat(table()).contains("size 131072", "ip daddr 198.18.0.0/15 ");
    holds(nftables, HELD);
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void reshape_familyComesAndGoes_itsSetsDoToo(Backend backend) {
    Nftables nftables = filled(backend, POOL);
    List<String> before = declarations();

    ReshapeResult come = nftables.reshape(spec(POOL, IPV6).rules(), HELD);
    committed(nftables, map("2001:2::1", "2001:db8::1"), real("2001:db8::1"));
    holds(nftables, BOTH);
    ReshapeResult gone = nftables.reshape(spec(POOL).rules(), HELD);

    assertThat(((Reshaped) come).capacityIpv6()).isPositive();
    assertThat(((Reshaped) gone).capacityIpv6()).isZero();
    assertThat(declarations()).isEqualTo(before);
    holds(nftables, HELD);
    committed(nftables, map("198.18.0.2", "203.0.113.1"));
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void reshape_thenFlushed_restoreBringsTheNewRules(Backend backend) {
    Nftables nftables = filled(backend, POOL);
    nftables.reshape(spec(POOL, OTHER, IPV6).rules(), HELD);
    String before = table();
    Shell.nft("flush ruleset");

    assertThat(nftables.restore(HELD)).isEqualTo(new Committed());

    assertThat(table()).isEqualTo(before);
    holds(nftables, HELD);
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void reshape_otherTreatmentsAndMarks_rulesFollowAndElementsStay(Backend backend) {
    Nftables nftables = filled(backend, POOL, OTHER);
    KernelRules marked =
        new RouteRulesLab()
            .pool(POOL, RouteRulesLab.marked(0x100, 0xf00))
            .pool(OTHER, RouteRulesLab.proxied(Inbound.TPROXY, 1080, FailMode.CLOSED))
            .rules();

    assertThat(nftables.reshape(marked, HELD)).isInstanceOf(Reshaped.class);

    assertThat(table())
        .contains("ip daddr " + POOL + " meta mark set", "tproxy ip to :1080", "198.18.0.1 : ");
    List<String> before = declarations();
    Shell.nft("flush chain inet dotp mark_output; add rule inet dotp tproxy_prerouting drop");
    assertThat(nftables.restore(HELD)).isEqualTo(new Committed());
    assertThat(declarations()).isEqualTo(before);
    Shell.nft("flush ruleset");
    assertThat(nftables.restore(HELD)).isEqualTo(new Committed());
    assertThat(declarations()).isEqualTo(before);
    holds(nftables, HELD);

    assertThat(nftables.reshape(spec(POOL, OTHER).rules(), HELD)).isInstanceOf(Reshaped.class);
    assertThat(table()).doesNotContain("meta mark", "tproxy ip");
    holds(nftables, HELD);
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void reshape_tableGone_isRefusedAndTheOldRulesComeBack(Backend backend) {
    Nftables nftables = filled(backend, POOL);
    String before = table();
    Shell.nft("flush ruleset");

    ReshapeResult result = nftables.reshape(spec(OTHER).rules(), HELD);

    assertThat(((Refused) result).cause()).isEqualTo(Cause.MISSING);
    assertThat(nftables.restore(HELD)).isEqualTo(new Committed());
    assertThat(table()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void reshape_tableOfSomebody_isOnlyLookedAt(Backend backend) {
    Shell.nft(
        "add table inet dotp; add map inet dotp nat_map { typeof ip daddr : ip daddr; size 40; };"
            + "add set inet dotp nat_addr { typeof ip daddr; size 50; }");
    Nftables nftables = filled(backend, POOL);
    String before = table();

    ReshapeResult fits = nftables.reshape(spec(OTHER).rules(), HELD);
    ReshapeResult lacks = nftables.reshape(spec(OTHER, IPV6).rules(), HELD);

    assertThat(fits).isEqualTo(new Reshaped(40, 0));
    assertThat(((Refused) lacks).cause()).isEqualTo(Cause.MISSING);
    assertThat(((Refused) lacks).text()).contains("nat_map6", "is missing");
    assertThat(table()).isEqualTo(before);
    committed(nftables, map("198.19.0.1", "203.0.113.1"));
  }
}
