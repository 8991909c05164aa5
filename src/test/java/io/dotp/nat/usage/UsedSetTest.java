package io.dotp.nat.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Elements of the sets that note use. */
class UsedSetTest {
  private static final IpAddress A = IpAddress.ofIpv4(0xc6120001);
  private static final IpAddress B = IpAddress.ofIpv4(0xc6120002);
  private static final IpAddress C = IpAddress.ofIpv6(0x2001000200000000L, 1);

  private static boolean parse(byte[] bytes, int length, Family family, Map<IpAddress, Long> into) {
    boolean fit = true;
    NetlinkReader reader = new NetlinkReader(bytes, length);
    while (reader.nextMessage()) {
      fit &= UsedSet.parse(reader, family, 7, into);
    }
    return fit;
  }

  private static NetlinkWriter message(Map<IpAddress, Long> millisLeft) {
    NetlinkWriter writer = new NetlinkWriter(64);
    Messages.elements(writer, millisLeft);
    return writer;
  }

  @Test
  void elements_giveTheTimeLeft() {
    NetlinkWriter writer = message(Map.of(A, 59_500L, B, 0L));
    Map<IpAddress, Long> found = new HashMap<>();

    assertThat(parse(writer.bytes(), writer.length(), Family.IPV4, found)).isTrue();

    assertThat(found).isEqualTo(Map.of(A, 59_500_000_000L, B, 7L));
  }

  @Test
  void elementsOfIpv6_areRead() {
    NetlinkWriter writer = message(Map.of(C, 1L));
    Map<IpAddress, Long> found = new HashMap<>();

    assertThat(parse(writer.bytes(), writer.length(), Family.IPV6, found)).isTrue();

    assertThat(found).isEqualTo(Map.of(C, 1_000_000L));
  }

  @Test
  void elementsOfAnotherFamily_areUnfit() {
    NetlinkWriter writer = message(Map.of(C, 1L));
    Map<IpAddress, Long> found = new HashMap<>();

    assertThat(parse(writer.bytes(), writer.length(), Family.IPV4, found)).isFalse();

    assertThat(found).isEmpty();
  }

  @Property
  void damagedBytes_neverThrow(@ForAll int seed) {
    Random random = new Random(seed);
    NetlinkWriter writer = message(Map.of(A, 1L, B, 2L));
    byte[] bytes = Arrays.copyOf(writer.bytes(), writer.length());
    for (int i = 0; i < 6; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    Map<IpAddress, Long> found = new HashMap<>();

    parse(bytes, bytes.length, Family.IPV4, found);

    assertThat(found.values()).allMatch(left -> left >= 0);
    assertThat(found).hasSizeLessThanOrEqualTo(bytes.length / 16);
  }

  @Test
  void cutBytes_inventNoElement() {
    Map<IpAddress, Long> all = new LinkedHashMap<>();
    all.put(A, 1L);
    all.put(B, 2L);
    NetlinkWriter writer = message(all);

    for (int length = 0; length < writer.length(); length++) {
      Map<IpAddress, Long> found = new HashMap<>();
      parse(writer.bytes(), length, Family.IPV4, found);
      assertThat(all.keySet()).containsAll(found.keySet());
    }
  }
}
