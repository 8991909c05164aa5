package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.Elements.real;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.nat.nft.OpenResult.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody changes the table; one call brings it back. */
@Tag("netns")
class RestoreKernelTest {
  private static final KernelElements WANTED =
      held(
          Stream.of(
              map("198.18.0.1", "203.0.113.1"),
              map("198.18.0.2", "203.0.113.2"),
              map("2001:2::1", "2001:db8::1"),
              real("203.0.113.1"),
              real("203.0.113.2"),
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

  private Nftables opened(TableSpec spec) {
    OpenResult result = LibNftables.open(spec, new NatMetrics());
    assertThat(result).isInstanceOf(Opened.class);
    open.add(((Opened) result).nftables());
    return ((Opened) result).nftables();
  }

  private Nftables filled() {
    Nftables nftables = opened(spec("198.18.0.0/15", "2001:2::/48"));
    assertThat(nftables.restore(WANTED)).isInstanceOf(Committed.class);
    return nftables;
  }

  private static List<String> declarations() {
    return TableListing.of(Shell.outputOf("nft", "-s", "-t", "list", "table", "inet", "dotp"))
        .blocks();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flush ruleset",
        "flush ruleset; add table inet filter; add chain inet filter forward { type filter hook"
            + " forward priority 0; }",
        "delete table inet dotp",
        "flush table inet dotp",
        "flush chain inet dotp nat_prerouting",
        "flush chain inet dotp nat_postrouting; delete chain inet dotp nat_postrouting",
        "flush table inet dotp; delete set inet dotp used",
        "flush table inet dotp; delete map inet dotp nat_map",
        "add rule inet dotp nat_prerouting drop",
        "insert rule inet dotp unmapped_forward accept",
        "add chain inet dotp stranger { type filter hook forward priority 7; policy drop; }",
        "add set inet dotp stranger { typeof ip daddr; }",
        "add chain inet dotp unmapped_forward { policy drop; }",
        "flush map inet dotp nat_map",
        "flush set inet dotp nat_addr6",
        "add element inet dotp nat_map { 198.18.0.9 : 203.0.113.9 }",
        "delete element inet dotp nat_map { 198.18.0.1 }",
        "delete element inet dotp nat_map { 198.18.0.1 };"
            + " add element inet dotp nat_map { 198.18.0.1 : 203.0.113.66 }",
        "flush table inet dotp; delete map inet dotp nat_map;"
            + " add map inet dotp nat_map { typeof ip daddr : ip daddr; flags timeout; }",
        "flush table inet dotp; delete chain inet dotp steered_output;"
            + " add chain inet dotp steered_output { type filter hook input priority 0; }",
        "delete table inet dotp; add table inet dotp { comment \"dotp 2\"; }",
        "add table inet dotp { flags dormant; }",
      })
  void restore_changedByOthers_bringsAllBack(String change) {
    Nftables nftables = filled();
    List<String> before = declarations();
    Shell.nft(change);

    CommitResult result = nftables.restore(WANTED);

    assertThat(result).isEqualTo(new Committed());
    assertThat(nftables.read()).isEqualTo(new ReadResult.Elements(WANTED));
    assertThat(declarations()).isEqualTo(before);
  }

  @Test
  void restore_ruleDeleted_keepsCountsAndUse() {
    Nftables nftables = filled();
    Shell.nft("add element inet dotp used { 198.18.0.2 }");
    count();
    String counted = Shell.nft("list counter inet dotp unmapped");
    Shell.nft("flush chain inet dotp nat_output");

    CommitResult result = nftables.restore(WANTED);

    assertThat(result).isEqualTo(new Committed());
    assertThat(Shell.nft("list set inet dotp used")).contains("198.18.0.2");
    assertThat(counted).doesNotContain("packets 0 ");
    assertThat(Shell.nft("list counter inet dotp unmapped")).isEqualTo(counted);
  }

  /** One packet to a fake without a mapping. */
  private static void count() {
    Shell.outputOf("ip", "addr", "add", "192.0.2.1/32", "dev", "lo");
    Shell.outputOf("ip", "route", "add", "198.18.0.0/15", "dev", "lo", "src", "192.0.2.1");
    Shell.run("ping", "-n", "-c1", "-W1", "198.18.77.7");
    Shell.outputOf("ip", "route", "del", "198.18.0.0/15");
    Shell.outputOf("ip", "addr", "del", "192.0.2.1/32", "dev", "lo");
  }

  @Test
  void restore_shippedFileInPlaceOfOurs_writesElementsOnly() throws IOException {
    Nftables nftables = filled();
    String shipped = Files.readString(Path.of("nft/rules.nft"));
    Shell.load("delete table inet dotp\n" + shipped.replaceFirst("#!.*\n", ""));
    List<String> theirs = declarations();

    CommitResult replaced = nftables.restore(WANTED);
    List<String> untouched = declarations();
    ReadResult filled = nftables.read();
    Shell.nft("delete table inet dotp");
    CommitResult gone = nftables.restore(WANTED);

    assertThat(replaced).isEqualTo(new Committed());
    assertThat(untouched).isEqualTo(theirs);
    assertThat(filled).isEqualTo(new ReadResult.Elements(WANTED));
    assertThat(((Rejected) gone).cause()).isEqualTo(Cause.MISSING);
    assertThat(Shell.nft("list tables")).isEmpty();
  }

  @Test
  void restore_externalTableDeletedAndReloaded_waitsForItsAdministrator() {
    Shell.outputOf("nft", "-f", "nft/rules.nft");
    Nftables nftables = filled();
    Shell.nft("delete table inet dotp");

    CommitResult gone = nftables.restore(WANTED);
    Shell.nft("add table inet dotp");
    CommitResult empty = nftables.restore(WANTED);
    Shell.outputOf("nft", "-f", "nft/rules.nft");
    CommitResult back = nftables.restore(WANTED);

    assertThat(((Rejected) gone).cause()).isEqualTo(Cause.MISSING);
    assertThat(((Rejected) empty).cause()).isEqualTo(Cause.MISSING);
    assertThat(((Rejected) empty).text()).contains("nat_map");
    assertThat(back).isEqualTo(new Committed());
    assertThat(nftables.read()).isEqualTo(new ReadResult.Elements(WANTED));
  }

  @Test
  void restore_oursWithAStrangersChainInPlaceOfTheirs_isMadeAnew() {
    Shell.outputOf("nft", "-f", "nft/rules.nft");
    Nftables nftables = filled();
    TableSpec spec = spec("198.18.0.0/15", "2001:2::/48");
    Shell.load("delete table inet dotp\n" + ManagedTable.render(spec));
    Shell.nft("add chain inet dotp stranger { type filter hook input priority 0; policy drop; }");

    CommitResult result = nftables.restore(WANTED);

    assertThat(result).isEqualTo(new Committed());
    assertThat(Shell.nft("list table inet dotp")).doesNotContain("stranger");
    assertThat(nftables.read()).isEqualTo(new ReadResult.Elements(WANTED));
  }

  @Test
  void restore_nothingWrong_writesNothing() {
    Nftables nftables = filled();
    long before = Generations.now();

    CommitResult result = nftables.restore(WANTED);

    assertThat(result).isEqualTo(new Committed());
    assertThat(Generations.now()).isEqualTo(before);
  }

  @Test
  void restore_fullTableAfterAFlush_isQuick() {
    KernelElements many = held(Elements.many(65_536).stream());
    Nftables nftables = opened(spec("198.18.0.0/15", "2001:2::/48"));
    nftables.restore(many);
    Shell.nft("flush ruleset");

    long begin = System.nanoTime();
    CommitResult gone = nftables.restore(many);
    long made = System.nanoTime();
    Shell.nft("flush table inet dotp");
    long flushed = System.nanoTime();
    CommitResult rules = nftables.restore(many);
    long loaded = System.nanoTime();

    assertThat(gone).isEqualTo(new Committed());
    assertThat(rules).isEqualTo(new Committed());
    assertThat(nftables.read()).isEqualTo(new ReadResult.Elements(many));
    System.out.printf(
        "restore of 65,536 mappings: table gone %d ms, rules gone %d ms%n",
        (made - begin) / 1_000_000, (loaded - flushed) / 1_000_000);
  }

  @Test
  void open_tableOfLayout1_isMadeAnewWithItsElements() throws IOException {
    assertThat(Shell.load(Files.readString(Path.of("test-fixtures/nft/layout-1.nft"))).code())
        .isZero();
    Shell.nft("add element inet dotp nat_map { 198.18.0.1 : 203.0.113.1 }");
    Shell.nft("add element inet dotp nat_addr { 203.0.113.1 }");

    Nftables nftables =
        opened(
            new TableSpec(
                "dotp",
                TableSpecTest.spec("198.18.0.0/15", "2001:2::/48").rules(),
                Duration.ofMinutes(5)));

    assertThat(nftables.read())
        .isEqualTo(
            new ReadResult.Elements(
                held(Stream.of(map("198.18.0.1", "203.0.113.1"), real("203.0.113.1")))));
    assertThat(Shell.nft("list table inet dotp"))
        .contains("comment \"dotp 2\"", "timeout 5m")
        .doesNotContain("timeout 2m");
  }
}
