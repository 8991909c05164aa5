package io.dotp.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlMessagesTest {
  private final ByteBuffer memory = ByteBuffer.allocateDirect(256).order(ByteOrder.nativeOrder());

  @ParameterizedTest
  @CsvSource({"192.0.2.7, 0", "169.254.3.4, 3", "2001:db8::7, 0", "fe80::1, 70000"})
  void destination_ofAWrittenSource_isTheSame(String address, int index) {
    IpAddress source = Objects.requireNonNull(IpAddress.parse(address));

    int length = ControlMessages.writeSource(memory, 16, source, index);

    assertThat(ControlMessages.destination(memory, 16, length))
        .isEqualTo(new LocalAddress(source, index));
  }

  @Test
  void destination_bothKinds_isTheOneOfIpv4() {
    IpAddress broadcast = Objects.requireNonNull(IpAddress.parse("::ffff:192.0.2.255"));
    IpAddress own = Objects.requireNonNull(IpAddress.parse("192.0.2.1"));
    int first = ControlMessages.writeSource(memory, 0, broadcast, 2);
    int second = ControlMessages.writeSource(memory, first, own, 2);

    LocalAddress destination = ControlMessages.destination(memory, 0, first + second);

    assertThat(destination).isEqualTo(new LocalAddress(own, 2));
  }

  @Test
  void destination_otherMessagesBefore_areSkipped() {
    memory.putLong(0, 20).putInt(8, 1).putInt(12, 40).putInt(16, 99);
    IpAddress own = Objects.requireNonNull(IpAddress.parse("2001:db8::1"));
    int length = ControlMessages.writeSource(memory, 24, own, 5);

    LocalAddress destination = ControlMessages.destination(memory, 0, 24 + length);

    assertThat(destination).isEqualTo(new LocalAddress(own, 5));
  }

  @Test
  void destination_nothingWritten_isUnknown() {
    assertThat(ControlMessages.destination(memory, 0, 0)).isNull();
  }

  @Property(tries = 2000)
  void destination_anyBytes_staysInside(@ForAll @Size(96) byte[] bytes) {
    ByteBuffer exact = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());

    for (int length = 0; length <= bytes.length; length++) {
      ControlMessages.destination(exact.slice(0, length).order(ByteOrder.nativeOrder()), 0, length);
    }
  }
}
