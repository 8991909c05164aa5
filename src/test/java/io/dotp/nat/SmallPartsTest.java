package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.KernelDifference;
import io.dotp.nat.nft.KernelElements;
import io.dotp.nat.nft.NftElement.MapEntry;
import io.dotp.nat.nft.NftElement.RealEntry;
import io.dotp.nat.nft.NftTransaction;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** References and differences. */
class SmallPartsTest {
  private static final IpAddress ONE = IpAddress.ofIpv4(1);
  private static final IpAddress TWO = IpAddress.ofIpv4(2);
  private static final IpAddress THREE = IpAddress.ofIpv4(3);

  private final RealReferences references = new RealReferences();

  @Test
  void references_twoOwners_lastOneReleases() {
    assertThat(references.retain(ONE)).isTrue();
    assertThat(references.retain(ONE)).isFalse();
    assertThat(references.size(Family.IPV4)).isEqualTo(1);

    assertThat(references.release(ONE)).isFalse();
    assertThat(references.release(ONE)).isTrue();
    assertThat(references.size(Family.IPV4)).isZero();
    assertThat(references.reals()).isEmpty();
  }

  @Test
  void references_releasedTooOften_isABug() {
    assertThatThrownBy(() -> references.release(ONE)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void difference_equal_isEmpty() {
    KernelElements found = new KernelElements(Map.of(ONE, TWO), Set.of(TWO));

    assertThat(KernelDifference.between(found, found.map(), found.reals()).isEmpty()).isTrue();
  }

  @Test
  void difference_otherReal_deletesAndAdds() {
    KernelElements found = new KernelElements(Map.of(ONE, TWO), Set.of(TWO));

    NftTransaction transaction = KernelDifference.between(found, Map.of(ONE, THREE), Set.of(THREE));

    assertThat(transaction.deletes()).containsExactly(new MapEntry(ONE, TWO), new RealEntry(TWO));
    assertThat(transaction.adds()).containsExactly(new MapEntry(ONE, THREE), new RealEntry(THREE));
  }
}
