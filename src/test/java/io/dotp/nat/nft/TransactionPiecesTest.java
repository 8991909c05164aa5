package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cutting of transactions that are too long. */
class TransactionPiecesTest {
  @Test
  void of_manyElements_everyOneIsInOnePiece() {
    List<NftElement> adds = Elements.many(5_000);
    List<NftElement> deletes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      deletes.add(Elements.real("203.0." + (i >> 8) + "." + (i & 255)));
    }

    List<NftTransaction> pieces = TransactionPieces.of(new NftTransaction(deletes, adds));

    assertThat(pieces).allMatch(piece -> size(piece) <= TransactionPieces.ELEMENTS + 1);
    assertThat(pieces.stream().flatMap(piece -> piece.adds().stream()).toList()).isEqualTo(adds);
    assertThat(pieces.stream().flatMap(piece -> piece.deletes().stream()).toList())
        .isEqualTo(deletes);
  }

  @Test
  void of_changedElements_travelWithTheirDelete() {
    List<NftElement> elements = Elements.many(3_000);

    List<NftTransaction> pieces = TransactionPieces.of(new NftTransaction(elements, elements));

    assertThat(pieces).hasSizeGreaterThan(5);
    assertThat(pieces).allMatch(piece -> piece.adds().equals(piece.deletes()));
    assertThat(pieces.stream().flatMap(piece -> piece.adds().stream()).toList())
        .isEqualTo(elements);
  }

  @Test
  void of_fewElements_isOnePiece() {
    NftTransaction transaction = new NftTransaction(Elements.many(3), Elements.many(5));

    List<NftTransaction> pieces = TransactionPieces.of(transaction);

    assertThat(pieces).containsExactly(transaction);
  }

  private static int size(NftTransaction piece) {
    return piece.adds().size() + piece.deletes().size();
  }
}
