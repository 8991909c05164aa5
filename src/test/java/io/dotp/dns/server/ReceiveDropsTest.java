package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.net.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ReceiveDropsTest {
  private final LongAdder sum = new LongAdder();
  private final ReceiveDrops drops = new ReceiveDrops(sum);

  @Test
  void sample_addsWhatIsNew_alsoWhenTheCounterWraps() {
    AtomicLong counter = new AtomicLong(0xffff_fff0L);
    drops.watch(counter::get);
    drops.sample();
    long before = sum.sum();

    counter.set(5);
    drops.sample();
    drops.sample();

    assertThat(before).isEqualTo(0xffff_fff0L);
    assertThat(sum.sum() - before).isEqualTo(21);
  }

  @Test
  void end_takesTheLastFiguresAndAsksNoMore() {
    AtomicLong counter = new AtomicLong(3);
    drops.watch(counter::get);

    drops.end();
    counter.set(9);
    drops.sample();

    assertThat(sum.sum()).isEqualTo(3);
  }

  @Test
  void burstAtABlockedLoop_isWhatTheKernelReports() throws Exception {
    LongAdder received = new LongAdder();
    try (EventLoops loops = new EventLoops(1);
        DatagramSocket client = new DatagramSocket()) {
      Channel channel = bind(loops, received);
      drops.watch(channel);
      InetSocketAddress server = (InetSocketAddress) channel.localAddress();
      int burst = 50_000;

      channel.eventLoop().submit(() -> flood(client, server, burst)).syncUninterruptibly();

      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (received.sum() + sum.sum() < burst && System.nanoTime() - deadline < 0) {
        LockSupport.parkNanos(1_000_000);
        drops.sample();
      }
      assertThat(received.sum() + sum.sum()).isEqualTo(burst);
      assertThat(sum.sum()).isPositive().isEqualTo(dropsInProc(server.getPort()));
      drops.end();
      channel.close().syncUninterruptibly();
    }
  }

  private static Channel bind(EventLoops loops, LongAdder received) {
    return new Bootstrap()
        .group(loops.all().get(0))
        .channel(EpollDatagramChannel.class)
        .option(ChannelOption.SO_RCVBUF, 4096)
        .handler(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object datagram) {
                received.increment();
                ReferenceCountUtil.release(datagram);
              }
            })
        .bind("127.0.0.1", 0)
        .syncUninterruptibly()
        .channel();
  }

  private static void flood(DatagramSocket client, InetSocketAddress server, int count) {
    try {
      for (int i = 0; i < count; i++) {
        client.send(new DatagramPacket(new byte[8], 8, server));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The last column of the socket's line, whichever family's table has it. */
  private static long dropsInProc(int port) throws IOException {
    String local = String.format("0100007F:%04X ", port);
    for (String table : new String[] {"/proc/net/udp", "/proc/net/udp6"}) {
      for (String line : Files.readAllLines(Path.of(table))) {
        if (line.contains(local)) {
          return Long.parseLong(line.strip().replaceAll(".*\\s", ""));
        }
      }
    }
    throw new AssertionError("not in /proc: " + local);
  }
}
