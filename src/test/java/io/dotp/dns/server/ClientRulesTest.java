package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.WarningGate;
import io.dotp.net.OwnAddresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as one client, and who is limited. */
class ClientRulesTest {
  private static final OwnAddresses OWN =
      new OwnAddresses(
          Set.of(ip("192.168.77.1"), ip("2001:db8:77::1"), ip("fe80::1")),
          List.of(prefix("192.168.77.0/24"), prefix("2001:db8:77::/64"), prefix("fe80::/64")));

  private final ClientIdentity identity = new ClientIdentity(() -> OWN);

  @ParameterizedTest
  @CsvSource({
    "192.168.77.2, 192.168.77.2",
    "203.0.113.9, 203.0.113.9",
    "2001:db8:77::2, 2001:db8:77::2",
    "2001:db8:78::2, 2001:db8:78::",
    "2001:db8:78:0:ffff::2, 2001:db8:78::",
    "2001:db8:78:1::2, 2001:db8:78:1::",
    "fd00::2, fd00::",
    "fe80::2, fe80::2",
    "febf::2, febf::2",
    "fec0::2, fec0::",
    "::1, ::"
  })
  void identity_ofAddress_isItselfOnTheLanAndItsNetworkElsewhere(String client, String unit) {
    assertThat(identity.of(ip(client))).isEqualTo(ip(unit));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "192.168.77.1", "2001:db8:77::1", "fe80::1"})
  void rate_programOfTheGateway_isNotLimited(String client) {
    RateLimit rate = new RateLimit(1, identity);

    for (int i = 0; i < 100; i++) {
      assertThat(rate.admits(ip(client), 0)).isTrue();
    }
  }

  @Test
  void rate_zero_limitsNobody() {
    RateLimit rate = new RateLimit(0, identity);

    for (int i = 0; i < 100; i++) {
      assertThat(rate.admits(ip("192.168.77.2"), 0)).isTrue();
    }
  }

  @Test
  void rate_addressesOfOneForeignNetwork_shareAndOthersDoNot() {
    RateLimit rate = new RateLimit(1, identity);

    assertThat(rate.admits(ip("fd00::1"), 0)).isTrue();
    assertThat(rate.admits(ip("fd00::2"), 0)).isTrue();
    assertThat(rate.admits(ip("fd00::3"), 0)).isFalse();
    assertThat(rate.admits(ip("fd00:0:0:1::3"), 0)).isTrue();
    assertThat(rate.admits(ip("192.168.77.2"), 0)).isTrue();
  }

  @Test
  void warnings_manyOfAKind_passOnceInTenSecondsWithTheirNumber() {
    WarningGate gate = new WarningGate();
    List<Long> warned = new ArrayList<>();

    for (long millis = 0; millis < 25_000; millis++) {
      gate.pass(millis * 1_000_000, warned::add);
    }

    assertThat(warned).containsExactly(0L, 9_999L, 9_999L);
  }

  private static IpAddress ip(String text) {
    return Objects.requireNonNull(IpAddress.parse(text));
  }

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text));
  }
}
