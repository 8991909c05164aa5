package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.QueryView;
import io.dotp.dns.resolver.FailureCause;
import io.dotp.dns.resolver.Resolution;
import io.dotp.metrics.DnsMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientExchangeTest {
  private static final String QUERY =
      "00070100000100000000000003777777076578616d706c65036f7267000001000100002904d0000000000000";

  private final DnsMetrics metrics = new DnsMetrics();

  /** Keeps what is sent. */
  private record Kept(List<ByteBuf> sent) implements ReplyPath {
    @Override
    public InetSocketAddress client() {
      return new InetSocketAddress("192.0.2.1", 53000);
    }

    @Override
    public boolean isStream() {
      return false;
    }

    @Override
    public void send(ByteBuf message) {
      sent.add(message);
    }
  }

  @Test
  void respond_twice_sendsOneAnswerAndCountsABug() {
    Kept path = new Kept(new ArrayList<>());
    ClientExchange exchange = exchange(path);

    exchange.respond(new Resolution.Failure(FailureCause.UPSTREAM_TIMEOUT));
    exchange.respond(new Resolution.Failure(FailureCause.UPSTREAM_TIMEOUT));

    assertThat(path.sent).hasSize(1);
    ByteBuf answer = path.sent.get(0);
    assertThat(answer.getUnsignedShort(0)).isEqualTo(7);
    assertThat(answer.getUnsignedShort(2) & 0xf).isEqualTo(2);
    answer.release();
    assertThat(metrics.bugs.sum()).isEqualTo(1);
    assertThat(metrics.responses.sum()).isEqualTo(1);
  }

  private ClientExchange exchange(ReplyPath path) {
    ByteBuf query = Unpooled.wrappedBuffer(HexFormat.of().parseHex(QUERY));
    QueryView view = new QueryView();
    assertThat(view.read(query)).isEqualTo(QueryView.Verdict.QUERY);
    return new ClientExchange(view.clientQuestion(query), path, metrics);
  }
}
