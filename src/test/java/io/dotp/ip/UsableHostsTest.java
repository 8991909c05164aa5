package io.dotp.ip;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsableHostsTest {
  private static UsableHosts hosts(String prefix, String reserve) {
    List<IpPrefix> reserved =
        Arrays.stream(reserve.split(" "))
            .filter(text -> !text.isEmpty())
            .map(text -> requireNonNull(IpPrefix.parse(text)))
            .toList();
    return new UsableHosts(requireNonNull(IpPrefix.parse(prefix)), reserved);
  }

  @ParameterizedTest
  @CsvSource({
    "198.18.0.0/24, '', 254",
    "198.18.0.0/30, '', 2",
    "198.18.0.0/31, '', 0",
    "198.18.0.0/32, '', 0",
    "198.18.0.0/24, 198.18.0.0/25, 127",
    "198.18.0.0/24, 198.18.0.128/25, 127",
    "198.18.0.0/24, 198.18.0.0 198.18.0.255, 254",
    "198.18.0.0/24, 198.18.0.1, 253",
    "198.18.0.0/24, 198.18.0.0/25 198.18.0.0/26 198.18.0.128/26, 63",
    "198.18.0.0/24, 198.18.0.0/25 198.18.0.128/25, 0",
    "198.18.0.0/24, 198.16.0.0/12, 0",
    "198.18.0.0/24, 198.19.0.0/16 fd00::/8, 254",
    "2001:2::/64, '', 18446744073709551615",
    "2001:2::/48, '', 18446744073709551615",
    "2001:2::/64, 2001:2::/120, 18446744073709551360",
    "2001:2::/48, 2001:2::/64, 0",
    "2001:2::/48, 2001:2:0:1::/64, 18446744073709551615",
    "2001:2::/64, 2001:2:0:0:8000::/65, 9223372036854775807",
    "2001:2::/120, 2001:2::f0/124, 239"
  })
  void count_ofPrefixWithoutReserve_isExact(String prefix, String reserve, String count) {
    assertThat(Long.toUnsignedString(hosts(prefix, reserve).count())).isEqualTo(count);
  }

  @Property(tries = 200)
  void everyHost_isReservedExactlyWhenAReserveHoldsIt(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 6) int reserves) {
    Random random = new Random(seed);
    IpPrefix prefix = new IpPrefix(IpAddress.ofIpv4(0xc6120000), 24);
    List<IpPrefix> reserve = new ArrayList<>();
    for (int i = 0; i < reserves; i++) {
      int address = 0xc6120000 + random.nextInt(512);
      reserve.add(new IpPrefix(IpAddress.ofIpv4(address), 25 + random.nextInt(8)));
    }

    UsableHosts hosts = new UsableHosts(prefix, reserve);

    int usable = 0;
    for (int host = 1; host <= hosts.highest(); host++) {
      IpAddress address = prefix.addressAt(host);
      boolean held = reserve.stream().anyMatch(each -> each.contains(address));
      assertThat(hosts.isReserved(host)).isEqualTo(held);
      assertThat(hosts.isReserved(hosts.pastReserved(host))).isFalse();
      usable += held ? 0 : 1;
    }
    assertThat(hosts.count()).isEqualTo(usable);
  }

  @ParameterizedTest
  @CsvSource({
    "2001:2:0:0:8000::/65, -9223372036854775808, 0",
    "2001:2::/65, 1, -9223372036854775808",
    "2001:2::/65, -1, -1"
  })
  void pastReserved_unsignedNumbers_areInOrder(String reserve, long host, long past) {
    assertThat(hosts("2001:2::/64", reserve).pastReserved(host)).isEqualTo(past);
  }
}
