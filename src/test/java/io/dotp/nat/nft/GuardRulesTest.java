package io.dotp.nat.nft;

import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The guard's rules and the comparison of listings, as text. */
class GuardRulesTest {
  @Test
  void guard_severalPools_hasARuleForEachAndNoAnonymousSet() {
    TableSpec spec = spec("198.18.0.0/15", "100.64.0.0/24", "2001:2::/48");

    String rules = TableGuard.render(spec);

    assertThat(rules.lines().filter(line -> line.endsWith(" drop"))).hasSize(6);
    assertThat(rules.lines().filter(line -> line.contains("flags owner"))).hasSize(2);
    assertThat(rules).doesNotContain("drop {", "{ 198").contains("inet dotp_guard");
  }

  @Test
  void listing_chainsInAnotherOrder_isTheSame() {
    TableListing one = TableListing.of("table inet t {\n\tchain a {\n\t}\n\n\tchain b {\n\t}\n}\n");
    TableListing other =
        TableListing.of("table inet t {\n\tchain b {\n\t}\n\n\tchain a {\n\t}\n}\n");

    assertThat(one).isEqualTo(other);
  }

  @Test
  void listing_rulesInAnotherOrder_differs() {
    List<String> texts =
        List.of(
            "table inet t {\n\tchain a {\n\t\tdrop\n\t\taccept\n\t}\n}\n",
            "table inet t {\n\tchain a {\n\t\taccept\n\t\tdrop\n\t}\n}\n");

    assertThat(TableListing.of(texts.get(0))).isNotEqualTo(TableListing.of(texts.get(1)));
  }
}
