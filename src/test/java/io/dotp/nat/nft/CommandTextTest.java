package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.adding;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.Elements.real;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Transactions in nft's language. */
class CommandTextTest {
  private final CommandText commands = new CommandText("dotp");

  @Test
  void of_bothFamiliesAndDirections_deletesFirstOneLineEach() {
    NftTransaction transaction =
        new NftTransaction(
            List.of(map("198.18.0.1", "203.0.113.1"), real("203.0.113.1")),
            List.of(
                map("198.18.0.1", "203.0.113.2"),
                map("2001:2::1", "2001:db8::1"),
                real("203.0.113.2"),
                real("2001:db8::1"),
                map("198.18.0.3", "203.0.113.3")));

    String text = commands.of(transaction);

    assertThat(text)
        .isEqualTo(
            """
            delete element inet dotp nat_map { 198.18.0.1 }
            delete element inet dotp nat_addr { 203.0.113.1 }
            add element inet dotp nat_map { 198.18.0.1 : 203.0.113.2, 198.18.0.3 : 203.0.113.3 }
            add element inet dotp nat_map6 { 2001:2::1 : 2001:db8::1 }
            add element inet dotp nat_addr { 203.0.113.2 }
            add element inet dotp nat_addr6 { 2001:db8::1 }
            """);
  }

  @Test
  void of_secondCall_holdsNothingOfTheFirst() {
    commands.of(new NftTransaction(List.of(), Elements.many(100_000)));

    String text = commands.of(adding(real("203.0.113.9")));

    assertThat(text).isEqualTo("add element inet dotp nat_addr { 203.0.113.9 }\n");
  }

  @Test
  void of_emptyTransaction_isThePrefix() {
    NftTransaction nothing = adding();

    List<String> texts =
        List.of(commands.of(nothing), commands.of("delete table inet x\n", nothing));

    assertThat(texts).containsExactly("", "delete table inet x\n");
  }
}
