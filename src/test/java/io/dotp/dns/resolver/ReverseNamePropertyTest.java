package io.dotp.dns.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.xbill.DNS.Name;
import org.xbill.DNS.ReverseMap;

/** Reverse names against pools of any length. */
class ReverseNamePropertyTest {
  @Property(tries = 2000)
  void pool_anyPrefixAndAddress_isOursIfAndOnlyIfItIsInside(
      @ForAll boolean ipv4, @ForAll long seed, @ForAll @IntRange(min = 0, max = 128) int shared)
      throws IOException {
    Random random = new Random(seed);
    Family family = ipv4 ? Family.IPV4 : Family.IPV6;
    IpAddress inPool = random(family, random);
    IpPrefix pool = new IpPrefix(inPool, 1 + random.nextInt(family.bits()));
    IpAddress address = mix(inPool, random(family, random), Math.min(shared, family.bits()));
    Name full = ReverseMap.fromAddress(address.toInetAddress());
    ReverseZones zones = new ReverseZones(List.of(pool));
    int unit = ipv4 ? 8 : 4;

    for (int cut = 0; cut < full.labels() - 3; cut++) {
      String text = new Name(full, cut).toString(true);
      ReverseName name = ReverseName.of(LocalQuestions.wire(text), family);

      IpPrefix meant = new IpPrefix(address, family.bits() - cut * unit);
      assertThat(name).isEqualTo(new ReverseName(meant, true));
      boolean inside = pool.contains(meant.network()) && meant.length() >= pool.length();
      assertThat(zones.pool(name) != null).as(text + " in " + pool).isEqualTo(inside);
      assertThat(zones.touchesPool(name)).isEqualTo(pool.overlaps(meant));
    }
  }

  private static IpAddress random(Family family, Random random) {
    byte[] bytes = new byte[family.bytes()];
    random.nextBytes(bytes);
    return IpAddress.ofBytes(family, bytes, 0);
  }

  /** The first bits of one address and the last ones of the other. */
  private static IpAddress mix(IpAddress first, IpAddress last, int bits) {
    byte[] bytes = last.toBytes();
    byte[] front = first.toBytes();
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >>> bit % 8;
      bytes[bit / 8] = (byte) (bytes[bit / 8] & ~mask | front[bit / 8] & mask);
    }
    return IpAddress.ofBytes(first.family(), bytes, 0);
  }
}
