package io.dotp.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.net.ControlDatagramSocket.Opening;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlDatagramSocketTest {
  private static final LocalAddress FROM_LOOPBACK =
      new LocalAddress(Objects.requireNonNull(IpAddress.parse("127.0.0.1")), 0);

  private final DatagramRig rig = new DatagramRig();

  @AfterEach
  void end() {
    rig.close();
  }

  @ParameterizedTest(name = "{0} asked at {1}")
  @CsvSource({
    "0.0.0.0, 127.0.0.1",
    "0.0.0.0, 127.0.0.2",
    "0.0.0.0, 127.200.3.4",
    "::, 127.0.0.1",
    "::, 127.0.0.2",
    "::, ::1",
    "127.0.0.3, 127.0.0.3",
    "::1, ::1"
  })
  void reply_leavesFromTheAddressAsked(String bound, String asked) throws Exception {
    ControlDatagramSocket server = rig.echo(bound, DatagramRig.USUAL);
    DatagramRig.Client client = rig.client(server, asked);

    client.send(new byte[] {1, 2, 3});

    assertThat(client.receive()).containsExactly(1, 2, 3);
    DatagramRig.Received seen = rig.awaitReceived();
    assertThat(seen.destination().address()).hasToString(asked);
    assertThat(seen.destination().interfaceIndex()).isEqualTo(loopbackIndex());
    assertThat(seen.source().getPort()).isEqualTo(client.socket().getLocalPort());
    assertThat(seen.source().getAddress()).isEqualTo(client.socket().getLocalAddress());
  }

  private static int loopbackIndex() throws IOException {
    return java.net.NetworkInterface.getByName("lo").getIndex();
  }

  @Test
  void ipv6Only_besideIpv4_eachServesItsOwn() throws Exception {
    ControlDatagramSocket ipv6 = rig.echo("::", new DatagramOptions(true, 4096, 0, 0));
    int port = ipv6.localAddress().getPort();
    Opening ipv4 =
        rig.tryOpen(
            "0.0.0.0",
            port,
            DatagramRig.USUAL,
            (socket, payload, source, destination) -> {
              payload.release();
              socket.send(Unpooled.wrappedBuffer(new byte[] {4}), source, destination);
            });
    assertThat(ipv4).isInstanceOf(Opening.Opened.class);
    ControlDatagramSocket opened = ((Opening.Opened) ipv4).socket();
    try {
      opened.ready().syncUninterruptibly();
      DatagramRig.Client overIpv4 = rig.client(opened, "127.0.0.1");
      DatagramRig.Client overIpv6 = rig.client(ipv6, "::1");

      overIpv4.send(new byte[] {9});
      overIpv6.send(new byte[] {6});

      assertThat(overIpv4.receive()).containsExactly(4);
      assertThat(overIpv6.receive()).containsExactly(6);
    } finally {
      opened.close().awaitUninterruptibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void burst_ofManyBatches_isAnsweredWhole(String asked) throws Exception {
    ControlDatagramSocket server = rig.echo("::", DatagramRig.USUAL);
    DatagramRig.Client client = rig.client(server, asked);
    int count = 1000;
    boolean[] answered = new boolean[count];

    rig.onLoop(
        () -> {
          // The loop is busy meanwhile, so that all wait for it together.
          for (int i = 0; i < 500; i++) {
            send(client, i);
          }
        });
    for (int i = 500; i < count; i++) {
      send(client, i);
    }

    for (int i = 0; i < count; i++) {
      byte[] answer = client.receive();
      answered[(answer[0] & 0xff) << 8 | answer[1] & 0xff] = true;
    }
    assertThat(answered).doesNotContain(false);
  }

  private static void send(DatagramRig.Client client, int number) {
    try {
      client.send(new byte[] {(byte) (number >> 8), (byte) number});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void emptyDatagram_isADatagram() throws Exception {
    ControlDatagramSocket server = rig.echo("0.0.0.0", DatagramRig.USUAL);
    LinkedBlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    // The JDK's own socket sends none.
    ControlDatagramSocket client =
        rig.open(
            "127.0.0.1",
            DatagramRig.USUAL,
            (socket, payload, source, destination) -> {
              answers.add(payload.readableBytes());
              payload.release();
            });
    InetSocketAddress asked =
        new InetSocketAddress(DatagramRig.inet("127.0.0.2"), server.localAddress().getPort());

    rig.onLoop(() -> client.send(Unpooled.EMPTY_BUFFER, asked, FROM_LOOPBACK));

    assertThat(rig.awaitReceived().length()).isZero();
    assertThat(answers.poll(20, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void longestDatagram_roomForIt_isReturnedWhole() throws Exception {
    int longest = DatagramOptions.LONGEST_PAYLOAD;
    ControlDatagramSocket server =
        rig.echo("0.0.0.0", new DatagramOptions(false, longest, 4 << 20, 0));
    DatagramRig.Client client = rig.client(server, "127.0.0.2");
    byte[] bytes = new byte[longest];
    new java.util.Random(7).nextBytes(bytes);

    client.send(bytes);

    assertThat(client.receive()).isEqualTo(bytes);
  }

  @Test
  void datagramTooLong_isDroppedAndCounted_thoseAfterItAreNot() throws Exception {
    ControlDatagramSocket server = rig.echo("0.0.0.0", DatagramRig.USUAL);
    DatagramRig.Client client = rig.client(server, "127.0.0.1");

    client.send(new byte[4097]);
    client.send(new byte[DatagramOptions.LONGEST_PAYLOAD]);
    client.send(new byte[4096]);

    assertThat(client.receive()).hasSize(4096);
    assertThat(rig.metrics.tooLong.sum()).isEqualTo(2);
    assertThat(rig.received).hasSize(1);
  }

  @Test
  void queueFull_restIsDroppedAndCounted() throws Exception {
    ControlDatagramSocket server = rig.echo("127.0.0.1", DatagramRig.USUAL);
    DatagramRig.Client client = rig.client(server, "127.0.0.1");
    InetSocketAddress there = (InetSocketAddress) client.socket().getLocalSocketAddress();
    List<ByteBuf> all = new ArrayList<>();

    rig.onLoop(
        () -> {
          for (int i = 0; i < OutgoingDatagrams.MOST_DATAGRAMS + 25; i++) {
            all.add(Unpooled.directBuffer().writeByte(1));
            server.send(all.get(i), there, FROM_LOOPBACK);
          }
        });

    for (int i = 0; i < OutgoingDatagrams.MOST_DATAGRAMS; i++) {
      client.receive();
    }
    assertThat(rig.metrics.unsent.sum()).isEqualTo(25);
    assertThat(all).allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Test
  void queueOfBytesFull_restIsDroppedAndCounted() {
    ControlDatagramSocket server = rig.echo("127.0.0.1", DatagramRig.USUAL);
    InetSocketAddress nowhere = new InetSocketAddress(DatagramRig.inet("127.0.0.1"), 9);
    int length = 60_000;
    int fit = OutgoingDatagrams.MOST_BYTES / length;

    rig.onLoop(
        () -> {
          for (int i = 0; i < fit + 3; i++) {
            server.send(Unpooled.directBuffer().writeZero(length), nowhere, FROM_LOOPBACK);
          }
        });

    assertThat(rig.metrics.unsent.sum()).isEqualTo(3);
  }

  @Test
  void close_inTheHandler_endsTheBatchQuietly() throws Exception {
    List<ByteBuf> taken = new ArrayList<>();
    ControlDatagramSocket server =
        rig.open(
            "127.0.0.1",
            DatagramRig.USUAL,
            (socket, payload, source, destination) -> {
              taken.add(payload);
              socket.close();
              socket.send(payload, source, destination);
            });
    DatagramRig.Client client = rig.client(server, "127.0.0.1");

    rig.onLoop(
        () -> {
          for (int i = 0; i < 40; i++) {
            send(client, i);
          }
        });
    DatagramRig.until(() -> rig.metrics.unsent.sum() == 1, "the reply is given up");
    rig.onLoop(() -> {});

    assertThat(taken).hasSize(1).allMatch(buffer -> buffer.refCnt() == 0);
    server.close().syncUninterruptibly();
  }

  @Test
  void receivedBuffers_areTheHandlersAndEndWhenSent() throws Exception {
    ControlDatagramSocket server = rig.echo("::", DatagramRig.USUAL);
    DatagramRig.Client client = rig.client(server, "127.0.0.2");
    for (int i = 0; i < 100; i++) {
      send(client, i);
      client.receive();
    }

    rig.onLoop(() -> {});

    assertThat(rig.buffers).hasSize(100).allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Test
  void payload_heapAndCompositeWithAnOffset_leavesUnchanged() throws Exception {
    ControlDatagramSocket server = rig.echo("127.0.0.1", DatagramRig.USUAL);
    DatagramRig.Client client = rig.client(server, "127.0.0.1");
    InetSocketAddress there = (InetSocketAddress) client.socket().getLocalSocketAddress();
    ByteBuf heap = Unpooled.buffer().writeBytes(new byte[] {0, 1, 2}).skipBytes(1);
    CompositeByteBuf composite = ByteBufAllocator.DEFAULT.compositeBuffer();
    composite.addComponent(true, Unpooled.directBuffer().writeByte(3));
    composite.addComponent(true, Unpooled.directBuffer().writeByte(4));
    ByteBuf direct = Unpooled.directBuffer().writeBytes(new byte[] {0, 0, 5}).skipBytes(2);

    rig.onLoop(
        () -> {
          for (ByteBuf each : List.of(heap, composite, direct)) {
            server.send(each, there, FROM_LOOPBACK);
          }
        });

    assertThat(client.receive()).containsExactly(1, 2);
    assertThat(client.receive()).containsExactly(3, 4);
    assertThat(client.receive()).containsExactly(5);
    rig.onLoop(() -> {});
    assertThat(List.of(heap, composite, direct)).allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Test
  void refusedDatagram_isCounted_thoseBehindItLeave() throws Exception {
    ControlDatagramSocket server = rig.echo("127.0.0.1", DatagramRig.USUAL);
    DatagramRig.Client client = rig.client(server, "127.0.0.1");
    InetSocketAddress there = (InetSocketAddress) client.socket().getLocalSocketAddress();
    InetSocketAddress otherFamily = new InetSocketAddress(DatagramRig.inet("::1"), 9);

    rig.onLoop(
        () -> {
          server.send(Unpooled.directBuffer().writeZero(65_530), there, FROM_LOOPBACK);
          server.send(Unpooled.directBuffer().writeByte(1), there, FROM_LOOPBACK);
          server.send(Unpooled.directBuffer().writeByte(2), otherFamily, FROM_LOOPBACK);
          server.send(Unpooled.directBuffer().writeZero(65_530), there, FROM_LOOPBACK);
          server.send(Unpooled.directBuffer().writeByte(3), there, FROM_LOOPBACK);
        });

    assertThat(client.receive()).containsExactly(1);
    assertThat(client.receive()).containsExactly(3);
    assertThat(rig.metrics.refused.sum()).isEqualTo(3);
  }

  @Test
  void clientGone_socketLivesOn() throws Exception {
    ControlDatagramSocket server = rig.echo("0.0.0.0", DatagramRig.USUAL);
    for (int i = 0; i < 50; i++) {
      DatagramRig.Client gone = rig.client(server, "127.0.0.2");
      gone.send(new byte[1]);
      gone.socket().close();
    }
    DatagramRig.Client client = rig.client(server, "127.0.0.2");

    client.send(new byte[] {7});

    assertThat(client.receive()).containsExactly(7);
  }

  @Test
  void handlerThrows_socketLivesOn() throws Exception {
    ControlDatagramSocket server =
        rig.open(
            "0.0.0.0",
            DatagramRig.USUAL,
            (socket, payload, source, destination) -> {
              if (payload.readableBytes() == 1) {
                payload.release();
                throw new IllegalStateException("provoked");
              }
              socket.send(payload, source, destination);
            });
    DatagramRig.Client client = rig.client(server, "127.0.0.2");

    client.send(new byte[1]);
    client.send(new byte[2]);

    assertThat(client.receive()).hasSize(2);
  }

  @Test
  void open_addressInUse_saysSoAndLeavesNoDescriptor() throws Exception {
    try (DatagramSocket other = new DatagramSocket(0, DatagramRig.inet("127.0.0.1"))) {
      Set<String> before = sockets();

      Opening opening =
          rig.tryOpen(
              "127.0.0.1",
              other.getLocalPort(),
              DatagramRig.USUAL,
              (socket, payload, source, destination) -> payload.release());

      assertThat(opening).isInstanceOf(Opening.Refused.class);
      assertThat(((Opening.Refused) opening).message()).contains("Address already in use");
      assertThat(socketsSince(before)).isEmpty();
    }
  }

  @Test
  void openedAndClosed_manyTimes_leavesNoDescriptor() throws Exception {
    rig.echo("::", DatagramRig.USUAL).close().syncUninterruptibly();
    Set<String> before = sockets();

    for (int i = 0; i < 200; i++) {
      rig.echo("::", DatagramRig.USUAL).close().syncUninterruptibly();
    }

    assertThat(socketsSince(before)).isEmpty();
  }

  @Test
  void loopEnded_descriptorIsClosed() throws Exception {
    try (DatagramRig other = new DatagramRig()) {
      other.onLoop(() -> {});
      Set<String> before = sockets();
      other.echo("::", DatagramRig.USUAL);
      Set<String> opened = socketsSince(before);
      assertThat(opened).hasSize(1);
      other.loop().parent().shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();

      DatagramRig.until(() -> Collections.disjoint(sockets(), opened), "the socket is closed");
    }
  }

  @Test
  void open_loopEndedBefore_failsAndLeavesNoDescriptor() throws Exception {
    DatagramRig other = new DatagramRig();
    other.close();
    Set<String> before = sockets();

    Opening opening =
        other.tryOpen(
            "127.0.0.1",
            0,
            DatagramRig.USUAL,
            (socket, payload, source, destination) -> payload.release());

    ControlDatagramSocket socket = ((Opening.Opened) opening).socket();
    assertThat(socket.ready().await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(socket.ready().isSuccess()).isFalse();
    assertThat(socketsSince(before)).isEmpty();
    socket.close();
  }

  /** Sockets of the process by inode: other tests of this process may close theirs meanwhile. */
  private static Set<String> sockets() {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(ControlDatagramSocketTest::target)
          .filter(target -> target.startsWith("socket:"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Set<String> socketsSince(Set<String> before) {
    Set<String> fresh = new HashSet<>(sockets());
    fresh.removeAll(before);
    return fresh;
  }

  /** Empty for a descriptor that is closed by now. */
  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void kernelDrops_burstAtABlockedLoop_areWhatTheKernelCounts() throws Exception {
    ControlDatagramSocket server =
        rig.open(
            "127.0.0.1",
            new DatagramOptions(false, 4096, 4096, 0),
            (socket, payload, source, destination) -> {
              rig.received.add(
                  new DatagramRig.Received(payload.readableBytes(), source, destination));
              payload.release();
            });
    DatagramRig.Client client = rig.client(server, "127.0.0.1");
    int burst = 50_000;
    assertThat(server.kernelDrops()).isZero();

    rig.onLoop(
        () -> {
          for (int i = 0; i < burst; i++) {
            send(client, i & 0xff);
          }
        });
    DatagramRig.until(
        () -> rig.received.size() + server.kernelDrops() == burst, "all are seen or dropped");

    assertThat(server.kernelDrops()).isPositive().isEqualTo(dropsInProc(server));
  }

  private static long dropsInProc(ControlDatagramSocket server) throws IOException {
    String port = String.format(":%04X ", server.localAddress().getPort());
    String line =
        Files.readAllLines(Path.of("/proc/net/udp")).stream()
            .filter(each -> each.contains("0100007F" + port))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(
        line.substring(line.lastIndexOf(' ', line.stripTrailing().length() - 1)).strip());
  }
}
