package io.dotp.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is written can be read; what is cut or damaged ends the walk. */
class NetlinkMessagesTest {
  private static NetlinkWriter sample() {
    NetlinkWriter writer = new NetlinkWriter(16);
    writer.begin(0x0a0c, NetlinkWriter.CREATE, 41).netfilter(1, 0x1234);
    writer.putString(1, "dotp");
    int nest = writer.beginNest(2);
    writer.putInt(3, 0x01020304).putShort(4, 53).putByte(5, 200);
    writer.endNest(nest);
    writer.end();
    writer.begin(17, 0, 42).netfilter(2, 0).flags(NetlinkWriter.ACK);
    writer.putBytes(9, new byte[] {1, 2, 3});
    writer.end();
    return writer;
  }

  @Test
  void messages_written_areRead() {
    NetlinkWriter writer = sample();
    NetlinkReader reader = new NetlinkReader(writer.bytes(), writer.length());

    assertThat(reader.nextMessage()).isTrue();
    assertThat(reader.type()).isEqualTo(0x0a0c);
    assertThat(reader.flags()).isEqualTo(NetlinkWriter.REQUEST | NetlinkWriter.CREATE);
    assertThat(reader.sequence()).isEqualTo(41);
    assertThat(reader.netfilterFamily()).isEqualTo(1);
    NetlinkReader.Attributes outer = reader.attributes();
    assertThat(outer.next()).isTrue();
    assertThat(outer.string()).isEqualTo("dotp");
    assertThat(outer.next()).isTrue();
    assertThat(outer.type()).isEqualTo(2);
    NetlinkReader.Attributes inner = outer.nested();
    assertThat(inner.next()).isTrue();
    assertThat(inner.number()).isEqualTo(0x01020304);
    assertThat(inner.next()).isTrue();
    assertThat(inner.number()).isEqualTo(53);
    assertThat(inner.next()).isTrue();
    assertThat(inner.number()).isEqualTo(200);
    assertThat(inner.next()).isFalse();
    assertThat(outer.next()).isFalse();

    assertThat(reader.nextMessage()).isTrue();
    assertThat(reader.flags()).isEqualTo(NetlinkWriter.REQUEST | NetlinkWriter.ACK);
    NetlinkReader.Attributes second = reader.attributes();
    assertThat(second.next()).isTrue();
    assertThat(second.value()).containsExactly(1, 2, 3);
    assertThat(reader.nextMessage()).isFalse();
  }

  @Property
  void damagedBytes_endTheWalk(@ForAll int seed) {
    NetlinkWriter writer = sample();
    java.util.Random random = new java.util.Random(seed);
    byte[] bytes = Arrays.copyOf(writer.bytes(), random.nextInt(writer.length() + 1));
    for (int i = 0; i < 4 && bytes.length > 0; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }

    assertThatCode(() -> walk(new NetlinkReader(bytes, bytes.length))).doesNotThrowAnyException();
  }

  private static long walk(NetlinkReader reader) {
    long sum = 0;
    while (reader.nextMessage()) {
      sum += reader.type() + reader.error() + reader.failedSequence() + reader.netfilterFamily();
      NetlinkReader.Attributes outer = reader.attributes();
      while (outer.next()) {
        sum += outer.string().length() + outer.value().length + outer.number();
        NetlinkReader.Attributes inner = outer.nested();
        while (inner.next()) {
          sum += inner.number();
        }
      }
    }
    return sum;
  }
}
