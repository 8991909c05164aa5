package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dumps built by hand, whole and damaged. */
class ElementDumpTest {
  private static final int SEQUENCE = 7;
  private static final int DATA_VERDICT = 2;
  private static final int FLAGS = 3;
  private static final int TIMEOUT = 4;
  private static final int KEY_END = 10;

  private final NetlinkWriter writer = new NetlinkWriter(64);

  private int begin(TableSet set, int sequence, int flags) {
    writer.begin(ElementBatch.NEW_ELEMENTS, flags, sequence).netfilter(1, 0);
    writer.putString(ElementBatch.LIST_TABLE, "dotp");
    writer.putString(ElementBatch.LIST_SET, set.kernelName());
    return writer.beginNest(ElementBatch.LIST_ELEMENTS);
  }

  private void end(int list) {
    writer.endNest(list);
    writer.end();
  }

  private void value(int type, String address) {
    int nest = writer.beginNest(type);
    writer.putBytes(ElementBatch.VALUE, address(address).toBytes());
    writer.endNest(nest);
  }

  private void pair(String key, String data) {
    int element = writer.beginNest(ElementBatch.ELEMENT);
    value(ElementBatch.KEY, key);
    value(ElementBatch.DATA, data);
    writer.endNest(element);
  }

  private void done(int error) {
    writer.begin(NetlinkReader.DONE, 0, SEQUENCE);
    writer.netfilter(0, 0).end();
    byte[] number = new byte[4];
    java.nio.ByteBuffer.wrap(number).order(java.nio.ByteOrder.nativeOrder()).putInt(-error);
    System.arraycopy(number, 0, writer.bytes(), writer.length() - 4, 4);
  }

  private ElementDump dumped(TableSet set) {
    ElementDump dump = new ElementDump(set, SEQUENCE);
    dump.take(writer.bytes(), writer.length());
    return dump;
  }

  @Test
  void take_pairs_areListed() {
    int list = begin(TableSet.NAT_MAP6, SEQUENCE, 0);
    pair("2001:2::1", "2001:db8::1");
    pair("2001:2::2", "2001:db8::1");
    end(list);
    done(0);

    ElementDump dump = new ElementDump(TableSet.NAT_MAP6, SEQUENCE);

    assertThat(dump.take(writer.bytes(), writer.length())).isEqualTo(ElementDump.State.DONE);
    assertThat(dump.isInterrupted()).isFalse();
    assertThat(dump.elements())
        .isEqualTo(
            new ElementListing.Result.Listed(
                Map.of(
                    address("2001:2::1"), address("2001:db8::1"),
                    address("2001:2::2"), address("2001:db8::1")),
                Set.of(),
                0));
  }

  @Test
  void take_elementsOfAnotherForm_areForeign() {
    int list = begin(TableSet.NAT_MAP, SEQUENCE, 0);
    pair("198.18.0.1", "203.0.113.1");
    pair("2001:2::1", "203.0.113.1");
    pair("198.18.0.2", "2001:db8::1");
    int noData = writer.beginNest(ElementBatch.ELEMENT);
    value(ElementBatch.KEY, "198.18.0.3");
    writer.endNest(noData);
    int catchAll = writer.beginNest(ElementBatch.ELEMENT);
    writer.putInt(FLAGS, 2);
    value(ElementBatch.DATA, "203.0.113.1");
    writer.endNest(catchAll);
    int range = writer.beginNest(ElementBatch.ELEMENT);
    value(ElementBatch.KEY, "198.18.0.4");
    value(KEY_END, "198.18.0.9");
    value(ElementBatch.DATA, "203.0.113.1");
    writer.endNest(range);
    int verdict = writer.beginNest(ElementBatch.ELEMENT);
    value(ElementBatch.KEY, "198.18.0.5");
    int data = writer.beginNest(ElementBatch.DATA);
    writer.putInt(DATA_VERDICT, 1);
    writer.endNest(data);
    writer.endNest(verdict);
    int passing = writer.beginNest(ElementBatch.ELEMENT);
    value(ElementBatch.KEY, "198.18.0.6");
    value(ElementBatch.DATA, "203.0.113.6");
    writer.putBytes(TIMEOUT, new byte[8]);
    writer.endNest(passing);
    end(list);
    done(0);

    ElementListing.Result.Listed listed = dumped(TableSet.NAT_MAP).elements();

    assertThat(listed.foreign()).isEqualTo(6);
    assertThat(listed.pairs())
        .isEqualTo(
            Map.of(
                address("198.18.0.1"), address("203.0.113.1"),
                address("198.18.0.6"), address("203.0.113.6")));
  }

  @Test
  void take_messagesOfAnotherRequest_areLeftOut() {
    int list = begin(TableSet.NAT_MAP, SEQUENCE - 1, NetlinkReader.DUMP_INTERRUPTED);
    pair("198.18.0.1", "203.0.113.1");
    end(list);
    done(0);

    ElementDump dump = dumped(TableSet.NAT_MAP);

    assertThat(dump.elements().pairs()).isEmpty();
    assertThat(dump.isInterrupted()).isFalse();
  }

  @Test
  void take_interrupted_saysSo() {
    int list = begin(TableSet.NAT_ADDR, SEQUENCE, NetlinkReader.DUMP_INTERRUPTED);
    end(list);
    done(0);

    assertThat(dumped(TableSet.NAT_ADDR).isInterrupted()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"2, FAILED", "0, DONE"})
  void take_end_saysHow(int error, ElementDump.State state) {
    done(error);

    ElementDump dump = new ElementDump(TableSet.NAT_ADDR, SEQUENCE);

    assertThat(dump.take(writer.bytes(), writer.length())).isEqualTo(state);
    assertThat(dump.error()).isEqualTo(error);
  }

  @Test
  void take_anotherSet_isMalformed() {
    end(begin(TableSet.NAT_ADDR, SEQUENCE, 0));

    ElementDump dump = new ElementDump(TableSet.NAT_MAP, SEQUENCE);

    assertThat(dump.take(writer.bytes(), writer.length())).isEqualTo(ElementDump.State.MALFORMED);
  }

  @Property(tries = 3_000)
  void take_damagedBytes_neverThrows(
      @ForAll long seed, @ForAll @IntRange(max = 40) int damages, @ForAll TableSet set) {
    Random random = new Random(seed);
    int list = begin(set, SEQUENCE, 0);
    for (int i = 0; i < 20; i++) {
      pair("198.18.0." + i, "203.0.113." + i);
      pair("2001:2::" + i, "2001:db8::" + i);
    }
    end(list);
    done(0);
    byte[] bytes = Arrays.copyOf(writer.bytes(), writer.length());
    for (int i = 0; i < damages; i++) {
      bytes[random.nextInt(random.nextBoolean() ? 60 : bytes.length)] = (byte) random.nextInt();
    }
    int length = random.nextInt(bytes.length + 1);

    ElementDump dump = new ElementDump(set, SEQUENCE);
    BatchReply reply = new BatchReply(1, 10, 9);
    ElementDump.State state = dump.take(bytes, length);
    reply.take(bytes, length);

    assertThat(state).isNotNull();
    assertThat(dump.elements().pairs().size() + dump.elements().keys().size())
        .isLessThanOrEqualTo(40);
  }
}
