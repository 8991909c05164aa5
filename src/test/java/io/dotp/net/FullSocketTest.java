package io.dotp.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A slow loopback device: only that keeps datagrams in the send buffer, and so fills it. */
@Tag("netns")
class FullSocketTest {
  private static final LocalAddress FROM_LOOPBACK =
      new LocalAddress(Objects.requireNonNull(IpAddress.parse("127.0.0.1")), 0);

  private final DatagramRig rig = new DatagramRig();

  @BeforeEach
  void slow() throws Exception {
    tc("add", "dev", "lo", "root", "tbf", "rate", "4mbit", "burst", "3000", "latency", "60s");
  }

  @AfterEach
  void end() throws Exception {
    rig.close();
    tc("del", "dev", "lo", "root");
  }

  private static void tc(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tc", "qdisc"));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void sendBufferFull_restLeavesLater() throws Exception {
    ControlDatagramSocket server =
        rig.open(
            "0.0.0.0",
            new DatagramOptions(false, 4096, 0, 1),
            (socket, payload, source, destination) -> {
              payload.release();
              for (int i = 0; i < 300; i++) {
                socket.send(Unpooled.directBuffer().writeZero(1400), source, destination);
              }
            });
    DatagramRig.Client client = rig.client(server, "127.0.0.2");

    client.send(new byte[1]);

    for (int i = 0; i < 300; i++) {
      assertThat(client.receive()).hasSize(1400);
    }
    assertThat(rig.metrics.refused.sum() + rig.metrics.unsent.sum()).isZero();
  }

  @Test
  void closedWithAFullQueue_releasesAndCounts() throws Exception {
    ControlDatagramSocket server = rig.echo("127.0.0.1", new DatagramOptions(false, 4096, 0, 1));
    DatagramSocket reader = rig.client(server, "127.0.0.1").socket();
    InetSocketAddress there = (InetSocketAddress) reader.getLocalSocketAddress();
    List<ByteBuf> all = new ArrayList<>();

    rig.onLoop(
        () -> {
          for (int i = 0; i < 500; i++) {
            all.add(Unpooled.directBuffer().writeZero(1400));
            server.send(all.get(i), there, FROM_LOOPBACK);
          }
          server.close();
          all.add(Unpooled.directBuffer().writeByte(1));
          server.send(all.get(500), there, FROM_LOOPBACK);
        });
    server.close().syncUninterruptibly();

    assertThat(all).allMatch(buffer -> buffer.refCnt() == 0);
    assertThat(rig.metrics.unsent.sum()).isPositive();
  }
}
