package io.dotp.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real socket asks the kernel for the loopback device, which anybody may. */
class NetlinkSocketTest {
  private static final int ROUTE = 0;
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int IFINFOMSG = 16;

  private final NetlinkSocket socket =
      ((NetlinkSocket.Opening.Opened) NetlinkSocket.open(ROUTE)).socket();

  @AfterEach
  void close() {
    socket.close();
  }

  @Test
  void dump_ofDevices_namesLoopback() {
    NetlinkWriter request = new NetlinkWriter(16);
    // The fixed part is longer here than netfilter's; an attribute stands in for the rest.
    request.begin(RTM_GETLINK, NetlinkWriter.DUMP, 7).netfilter(0, 0);
    request.putBytes(0, new byte[IFINFOMSG - 8]).end();

    assertThat(socket.send(request.bytes(), request.length())).isZero();
    List<Integer> types = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[65_536];
    while (!types.contains(NetlinkReader.DONE)) {
      assertThat(socket.await(10_000)).isEqualTo(NetlinkSocket.Event.READABLE);
      int length = socket.receive(buffer);
      assertThat(length).isPositive();
      NetlinkReader reader = new NetlinkReader(buffer, length);
      while (reader.nextMessage()) {
        types.add(reader.type());
        assertThat(reader.sequence()).isEqualTo(7);
        assertThat(reader.portId()).isEqualTo(socket.portId());
        assertThat(reader.type() == NetlinkReader.DONE ? reader.error() : 0).isZero();
      }
      text.append(new String(buffer, 0, length, java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    assertThat(types).contains(RTM_NEWLINK);
    assertThat(text).contains("lo\0");
  }

  @Test
  void receive_withNothingThere_isEagain() {
    assertThat(socket.receive(new byte[16])).isEqualTo(-NetlinkSocket.EAGAIN);
  }

  @Test
  void await_whenWoken_saysSoOnce() {
    socket.wake();

    assertThat(socket.await(-1)).isEqualTo(NetlinkSocket.Event.WOKEN);
    assertThat(socket.await(0)).isEqualTo(NetlinkSocket.Event.TIMEOUT);
  }

  @Test
  void wake_afterClose_isHarmless() {
    socket.close();

    socket.wake();

    assertThat(socket.receive(new byte[16])).isNegative();
  }
}
