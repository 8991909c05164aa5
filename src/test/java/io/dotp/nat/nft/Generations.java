package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkSocket;
import io.dotp.netlink.NetlinkSocket.Opening.Opened;
import io.dotp.netlink.NetlinkWriter;

/** The number of the ruleset, which every transaction raises. */
final class Generations {
  private static final int GETGEN = 10 << 8 | 16;

  private Generations() {}

  static long now() {
    try (NetlinkSocket socket = ((Opened) NetlinkSocket.open(NetlinkSocket.NETFILTER)).socket()) {
      NetlinkWriter request = new NetlinkWriter(64);
      request.begin(GETGEN, 0, 1).netfilter(0, 0).end();
      assertThat(socket.send(request.bytes(), request.length())).isZero();
      assertThat(socket.await(10_000)).isEqualTo(NetlinkSocket.Event.READABLE);
      byte[] answer = new byte[8_192];
      NetlinkReader reader = new NetlinkReader(answer, socket.receive(answer));
      assertThat(reader.nextMessage()).isTrue();
      NetlinkReader.Attributes attributes = reader.attributes();
      assertThat(attributes.next()).isTrue();
      return attributes.number();
    }
  }
}
