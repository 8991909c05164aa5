package io.dotp.dns.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsFileTest {
  private final HostsTable.Builder builder = new HostsTable.Builder();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "plain | '192.0.2.1 a.lan' | a.lan | 192.0.2.1",
        "tabs | '\t192.0.2.1\t\ta.lan\tb.lan' | b.lan | 192.0.2.1",
        "comment | '192.0.2.1 a.lan#b' | a.lan | 192.0.2.1",
        "byte order mark | '\ufeff192.0.2.1 a.lan' | a.lan | 192.0.2.1",
        "CRLF | '192.0.2.1 a.lan\r\n192.0.2.2 b.lan\r\n' | a.lan | 192.0.2.1",
        "upper case | '192.0.2.1 A.LAN' | a.lan | 192.0.2.1",
        "final dot | '192.0.2.1 a.lan.' | a.lan | 192.0.2.1",
        "one label | '192.0.2.1 a' | a | 192.0.2.1",
        "IPv6 | '2001:DB8::1 a.lan' | a.lan | 2001:db8::1",
        "IPv4-mapped | '::ffff:192.0.2.1 a.lan' | a.lan | 192.0.2.1",
        "IDN | '192.0.2.1 b\u00fccher.lan' | xn--bcher-kva.lan | 192.0.2.1",
        "underscore | '192.0.2.1 _sip._TCP.a_b.lan' | _sip._tcp.a_b.lan | 192.0.2.1",
        "two lines | '192.0.2.2 a.lan\n2001:db8::1 a.lan\n192.0.2.1 a.lan' | a.lan"
            + " | 192.0.2.2 2001:db8::1 192.0.2.1",
        "twice the same | '192.0.2.1 a.lan\n192.0.2.1 a.lan a.lan' | a.lan | 192.0.2.1"
      })
  void read_line_givesItsNames(String name, String text, String asked, String addresses) {
    HostsFile.Report report = read(text);

    assertThat(report.mistakes()).as(name).isEmpty();
    assertThat(addresses(builder.build(), asked)).isEqualTo(addresses);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.lan 192.0.2.1",
        "192.0.2.1",
        "192.0.2.256 a.lan",
        "fe80::1%eth0 a.lan",
        "192.0.2.1 -a.lan",
        "192.0.2.1 a..lan",
        "192.0.2.1 a\u0007.lan",
        "192.0.2.1 \u00e4_.lan"
      })
  void read_badLine_isReportedWithItsPlaceAndTheRestCounts(String line) {
    HostsFile.Report report = read("# first\n" + line + "\n192.0.2.9 good.lan");

    assertThat(report.mistakeCount()).isEqualTo(1);
    assertThat(report.mistakes()).singleElement().asString().startsWith("hosts:2: ");
    assertThat(report.mistakes().get(0).chars()).allMatch(c -> c >= ' ' && c < 127);
    assertThat(addresses(builder.build(), "good.lan")).isEqualTo("192.0.2.9");
  }

  @Test
  void read_manyBadLines_areAllCountedAndFewKept() {
    HostsFile.Report report = read("x\n".repeat(1000));

    assertThat(report.mistakeCount()).isEqualTo(1000);
    assertThat(report.mistakes()).hasSize(10);
  }

  @Test
  void read_addressOfSeveralLines_leadsBackToTheFirstName() {
    read("0.0.0.0 blocked.lan\n192.0.2.1 first.lan other.lan\n192.0.2.1 second.lan");
    HostsTable table = builder.build();

    assertThat(table.name(address("192.0.2.1"))).hasToString("first.lan");
    assertThat(table.name(address("0.0.0.0"))).isNull();
  }

  @Test
  void read_moreAddressesThanANameMayHave_areRefused() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 70; i++) {
      text.append("192.0.2.").append(i).append(" a.lan\n");
    }

    HostsFile.Report report = read(text.toString());

    assertThat(report.mistakeCount()).isEqualTo(6);
    assertThat(addresses(builder.build(), "a.lan").split(" ")).hasSize(64);
  }

  @Test
  void read_moreEntriesThanATableHolds_isTooLong() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < HostsTable.MOST_ENTRIES; i++) {
      text.append("0.0.0.0 n").append(i).append('\n');
    }

    assertThat(read(text.toString()).tooLong()).isTrue();
  }

  @Test
  void addresses_manyNames_areEachFound() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append("10.0.").append(i / 250).append('.').append(i % 250).append(" n").append(i);
      text.append(".lan\n");
    }
    read(text.toString());
    HostsTable table = builder.build();

    assertThat(table.size()).isEqualTo(5000);
    for (int i = 0; i < 5000; i++) {
      assertThat(addresses(table, "n" + i + ".lan")).isEqualTo("10.0." + i / 250 + "." + i % 250);
      assertThat(addresses(table, "m" + i + ".lan")).isEqualTo("none");
    }
  }

  private HostsFile.Report read(String text) {
    return HostsFile.read("hosts", text.getBytes(StandardCharsets.UTF_8), builder);
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.parse(text));
  }

  private static String addresses(HostsTable table, String name) {
    DomainName parsed = DomainName.parse(name.replace('_', 'a'));
    WireName wire = new WireName();
    wire.length(parsed.copyTo(wire.bytes(), 0));
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) == '_') {
        wire.bytes()[i + 1] = '_';
      }
    }
    @Nullable List<IpAddress> found = table.addresses(wire);
    return found == null ? "none" : String.join(" ", found.stream().map(Object::toString).toList());
  }
}
