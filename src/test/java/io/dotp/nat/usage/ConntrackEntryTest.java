package io.dotp.nat.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an entry says, and which entries may go. */
class ConntrackEntryTest {
  private static ConntrackEntry entry(String fake, int protocol, int status, int tcpState) {
    NetlinkWriter writer = new NetlinkWriter(512);
    Messages.flow(
        writer, Objects.requireNonNull(IpAddress.parse(fake)), protocol, status, tcpState);
    return parseAll(writer.bytes(), writer.length()).get(0);
  }

  private static List<ConntrackEntry> parseAll(byte[] bytes, int length) {
    List<ConntrackEntry> entries = new ArrayList<>();
    NetlinkReader reader = new NetlinkReader(bytes, length);
    while (reader.nextMessage()) {
      ConntrackEntry entry = ConntrackEntry.parse(reader, fake -> true);
      if (entry != null) {
        entries.add(entry);
      }
    }
    return entries;
  }

  @ParameterizedTest
  @ValueSource(strings = {"198.18.0.1", "2001:2::1"})
  void message_isRead(String fake) {
    ConntrackEntry entry = entry(fake, Messages.TCP, Messages.DST_NAT, 3);

    assertThat(entry.destination()).hasToString(fake);
    assertThat(entry.id()).isEqualTo(0xfedcba98L);
    assertThat(entry.timeoutSeconds()).isEqualTo(119);
    assertThat(entry).hasToString(fake + " protocol 6 state 3 status 32");
  }

  @Test
  void unwanted_isLeftOut() {
    NetlinkWriter writer = new NetlinkWriter(512);
    Messages.flow(writer, IpAddress.ofIpv4(1), Messages.TCP, 0, 7);
    NetlinkReader reader = new NetlinkReader(writer.bytes(), writer.length());
    reader.nextMessage();

    assertThat(ConntrackEntry.parse(reader, fake -> false)).isNull();
  }

  @Test
  void question_namesTheTupleTheNumberAndTheZone() {
    ConntrackEntry entry = entry("198.18.0.1", Messages.TCP, 0, 7);
    NetlinkWriter question = new NetlinkWriter(16);
    entry.identify(question.begin(1 << 8 | 1, 0, 1).netfilter(2, 0)).end();

    ConntrackEntry asked = parseAll(question.bytes(), question.length()).get(0);

    assertThat(asked.destination()).isEqualTo(entry.destination());
    assertThat(asked.id()).isEqualTo(entry.id());
    NetlinkReader reader = new NetlinkReader(question.bytes(), question.length());
    reader.nextMessage();
    NetlinkReader.Attributes attributes = reader.attributes();
    long zone = -1;
    while (attributes.next()) {
      zone = attributes.type() == 18 ? attributes.number() : zone;
    }
    assertThat(zone).isEqualTo(7);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "none, 6, 0, 0, false",
    "syn sent, 6, 0, 1, true",
    "syn sent with a reply, 6, 2, 1, false",
    "syn received, 6, 2, 2, false",
    "established, 6, 6, 3, false",
    "picked up in one direction, 6, 0, 3, false",
    "fin wait, 6, 6, 4, false",
    "close wait, 6, 6, 5, false",
    "last ack, 6, 6, 6, false",
    "time wait, 6, 6, 7, true",
    "close, 6, 6, 8, true",
    "both syn sent, 6, 0, 9, false",
    "time wait offloaded, 6, 16390, 7, false",
    "tcp without a state, 6, 0, -1, false",
    "udp unanswered, 17, 0, -1, false",
    "udp answered, 17, 6, -1, false",
    "icmp, 1, 0, -1, false",
  })
  void over_isWhatNobodyUses(String name, int protocol, int status, int state, boolean over) {
    ConntrackEntry entry = entry("198.18.0.1", protocol, status | Messages.DST_NAT, state);

    assertThat(entry.isOver()).isEqualTo(over);
    assertThat(entry.isLost()).as("rewritten").isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "udp unanswered, 17, 0, -1, true",
    "udp answered by a transparent proxy, 17, 6, -1, false",
    "syn sent, 6, 0, 1, true",
    "established through a transparent proxy, 6, 6, 3, false",
    "time wait, 6, 6, 7, true",
    "offloaded, 17, 16384, -1, false",
    "icmp unanswered, 1, 0, -1, true",
  })
  void lost_isWhatWasNotRewrittenAndIsNotAlive(
      String name, int protocol, int status, int state, boolean lost) {
    assertThat(entry("198.18.0.1", protocol, status, state).isLost()).isEqualTo(lost);
  }

  @Property
  void damagedBytes_neverThrow(@ForAll int seed) {
    Random random = new Random(seed);
    NetlinkWriter writer = flows();
    byte[] bytes = java.util.Arrays.copyOf(writer.bytes(), writer.length());
    for (int i = 0; i < 6; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }

    List<ConntrackEntry> entries = parseAll(bytes, bytes.length);

    assertThat(entries).hasSizeLessThanOrEqualTo(bytes.length / 36);
    entries.forEach(entry -> assertThat(entry.isOver() && entry.id() < 0).isFalse());
  }

  @Test
  void cutBytes_inventNoEntry() {
    NetlinkWriter writer = flows();
    List<IpAddress> all =
        parseAll(writer.bytes(), writer.length()).stream()
            .map(ConntrackEntry::destination)
            .toList();

    assertThat(all).hasSize(2);
    for (int length = 0; length < writer.length(); length++) {
      List<ConntrackEntry> entries = parseAll(writer.bytes(), length);
      assertThat(entries.stream().map(ConntrackEntry::destination))
          .isEqualTo(all.subList(0, entries.size()));
    }
  }

  private static NetlinkWriter flows() {
    NetlinkWriter writer = new NetlinkWriter(512);
    Messages.flow(writer, IpAddress.ofIpv4(0xc6120001), Messages.TCP, 0, 7);
    Messages.flow(writer, IpAddress.ofIpv6(0x2001000200000000L, 1), Messages.UDP, 2, -1);
    return writer;
  }
}
