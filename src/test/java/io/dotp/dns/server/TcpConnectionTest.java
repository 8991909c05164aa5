package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.DnsConfig;
import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.DnsMetrics;
import io.dotp.net.OwnAddresses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One connection under a clock of the test; what is asked is refused at once by its type. */
class TcpConnectionTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.168.1.2", 53000);
  private static final byte[] AXFR =
      HexFormat.of().parseHex("0015" + "000101000001000000000000" + "0377777700" + "00fc0001");

  private final DnsMetrics metrics = new DnsMetrics();
  private final ConnectionLimits limits = new ConnectionLimits(1);
  private final StuckNetwork network = new StuckNetwork();
  private final MessageFraming framing = new MessageFraming();
  private EmbeddedChannel channel;

  /** A peer that may stop taking what is written. */
  private static final class StuckNetwork extends ChannelOutboundHandlerAdapter {
    private final Queue<Runnable> held = new ArrayDeque<>();
    private boolean stuck;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (stuck) {
        ReferenceCountUtil.release(message);
        held.add(promise::setSuccess);
      } else {
        context.write(message, promise);
      }
    }

    private void take(int writes) {
      for (int i = 0; i < writes; i++) {
        held.remove().run();
      }
    }
  }

  @BeforeEach
  @SuppressWarnings("NullAway") // no query gets as far as the resolver
  void connect() {
    OwnAddresses own = new OwnAddresses(Set.of(), List.of());
    ClientIdentity identity = new ClientIdentity(() -> own);
    DnsConfig config = new DnsConfig(List.of(), 53, AccessList.LOCAL_NETWORKS, true, 0);
    QueryHandler queries =
        new QueryHandler(
            null,
            new QueryHandler.ClientRules(
                new Admission(
                    config,
                    () -> own,
                    new UpstreamSide(any -> false, (source, name, type, dclass) -> false)),
                new RateLimit(0, identity),
                identity,
                new InflightLimits.Clients()),
            () -> 0,
            metrics);
    channel = new EmbeddedChannel();
    channel.freezeTime();
    ConnectionLimits.Place place =
        limits.enter(IpAddress.of(CLIENT.getAddress()), 0, () -> channel.close());
    channel
        .pipeline()
        .addLast(
            network,
            framing,
            new TcpConnection(
                queries,
                CLIENT,
                framing,
                Objects.requireNonNull(place),
                new UnsentBytes.Budget(),
                metrics));
  }

  @AfterEach
  void close() {
    network.held.forEach(Runnable::run);
    channel.finishAndReleaseAll();
  }

  @Test
  void idle_noQueryForTenSeconds_isClosed() {
    seconds(9);
    write(AXFR);
    seconds(9);
    assertThat(channel.isOpen()).isTrue();

    seconds(1);

    assertThat(channel.isOpen()).isFalse();
    assertThat(metrics.tcpIdleClosed.sum()).isEqualTo(1);
  }

  /** One byte a second: never idle, and cut 5 s after the first byte. */
  @Test
  void slowWriter_messageNotCompleteInFiveSeconds_isCut() {
    write(AXFR);
    for (int i = 0; i < 5; i++) {
      write(new byte[] {AXFR[i]});
      assertThat(channel.isOpen()).as("after byte " + i).isTrue();
      seconds(1);
    }

    assertThat(channel.isOpen()).isFalse();
    assertThat(metrics.tcpSlowWriters.sum()).isEqualTo(1);
  }

  @Test
  void slowWriter_messageCompleteInTime_timeStartsAnewWithTheNext() {
    for (int i = 0; i < 10; i++) {
      write(new byte[] {AXFR[0]});
      seconds(4);
      write(java.util.Arrays.copyOfRange(AXFR, 1, AXFR.length));
      seconds(4);
    }

    assertThat(channel.isOpen()).isTrue();
    assertThat(answers()).isEqualTo(10);
  }

  @Test
  void slowReader_takesNothingForThirtySeconds_isClosed() {
    network.stuck = true;
    write(AXFR);
    seconds(29);
    assertThat(channel.isOpen()).isTrue();

    seconds(1);

    assertThat(channel.isOpen()).isFalse();
    assertThat(metrics.tcpSlowReaders.sum()).isEqualTo(1);
  }

  @Test
  void slowReader_takesSomething_getsThirtySecondsMore() {
    network.stuck = true;
    write(AXFR);
    write(AXFR);
    seconds(29);
    network.take(2);
    seconds(29);
    assertThat(channel.isOpen()).isTrue();
    network.take(2);
    seconds(9);
    assertThat(channel.isOpen()).as("idle from now on").isTrue();

    seconds(1);

    assertThat(metrics.tcpIdleClosed.sum()).isEqualTo(1);
  }

  @Test
  void place_answerNotTaken_isNotGivenAwayUntilItIs() {
    network.stuck = true;
    write(AXFR);
    assertThat(limits.enter(IpAddress.ofIpv4(7), 0, () -> {})).isNull();

    network.take(2);

    assertThat(limits.enter(IpAddress.ofIpv4(7), 0, () -> {})).isNotNull();
    assertThat(channel.isOpen()).isFalse();
  }

  /** RFC 7766 leaves the number to the server; each is answered before we end. */
  @Test
  void pipeline_hundredThousandQueriesAtOnce_asManyAsAConnectionMayAreAnswered() {
    ByteBuf all = Unpooled.buffer(100_000 * AXFR.length);
    for (int i = 0; i < 100_000; i++) {
      all.writeBytes(AXFR);
    }

    channel.writeInbound(all);
    channel.runPendingTasks();

    assertThat(answers()).isEqualTo(TcpConnection.MOST_QUERIES);
    assertThat(channel.isOpen()).isFalse();
    assertThat(metrics.tcpQueries.sum()).isEqualTo(TcpConnection.MOST_QUERIES);
    assertThat(metrics.tcpUsedUp.sum()).isEqualTo(1);
    assertThat(metrics.bugs.sum()).isZero();
  }

  @Test
  void inputEnds_answersStillLying_areSentBeforeTheEnd() {
    network.stuck = true;
    write(AXFR);
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
    seconds(10);
    assertThat(channel.isOpen()).isTrue();

    network.take(2);
    channel.runPendingTasks();

    assertThat(channel.isOpen()).isFalse();
  }

  private void write(byte[] bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes));
    channel.runPendingTasks();
  }

  private void seconds(int count) {
    channel.advanceTimeBy(count, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }

  /** Each is a length and a message. */
  private int answers() {
    int buffers = 0;
    ByteBuf next;
    while ((next = channel.readOutbound()) != null) {
      next.release();
      buffers++;
    }
    return buffers / 2;
  }
}
