package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.QueryView;
import io.dotp.dns.resolver.FailureCause;
import io.dotp.dns.resolver.Resolution;
import io.dotp.metrics.DnsMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ClientExchangeTest {
  private static final String QUERY =
      "00070100000100000000000003777777076578616d706c65036f7267000001000100002904d0000000000000";

  private final DnsMetrics metrics = new DnsMetrics();

  @Test
  @SuppressWarnings("NullAway") // nothing is received here
  void respond_twice_sendsOneAnswerAndCountsABug() {
    EmbeddedChannel channel = new EmbeddedChannel();
    UdpListener listener = new UdpListener(null, metrics);
    channel.pipeline().addLast(listener);
    ClientExchange exchange = exchange(listener);

    exchange.respond(new Resolution.Failure(FailureCause.UPSTREAM_TIMEOUT));
    exchange.respond(new Resolution.Failure(FailureCause.UPSTREAM_TIMEOUT));
    channel.runPendingTasks();

    DatagramPacket answer = channel.readOutbound();
    assertThat(answer.content().getUnsignedShort(0)).isEqualTo(7);
    assertThat(answer.content().getUnsignedShort(2) & 0xf).isEqualTo(2);
    answer.release();
    Object second = channel.readOutbound();
    assertThat(second).isNull();
    assertThat(metrics.bugs.sum()).isEqualTo(1);
    assertThat(metrics.responses.sum()).isEqualTo(1);
  }

  private ClientExchange exchange(UdpListener listener) {
    ByteBuf query = Unpooled.wrappedBuffer(HexFormat.of().parseHex(QUERY));
    QueryView view = new QueryView();
    assertThat(view.read(query)).isEqualTo(QueryView.Verdict.QUERY);
    return new ClientExchange(
        view.clientQuestion(query),
        new UdpReplyPath(listener, new InetSocketAddress("192.0.2.1", 53000)),
        metrics);
  }
}
