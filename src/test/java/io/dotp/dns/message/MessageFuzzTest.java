package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Message;

/** Any bytes for the readers of queries and responses, and for what is made of them. */
class MessageFuzzTest {
  private final QueryView view = new QueryView();
  private final ResponseWalk walk = new ResponseWalk();

  static Stream<Arguments> seeds() {
    return Fixture.all("").map(fixture -> Arguments.of((Object) fixture.bytes()));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "60m")
  void read_anyBytes_givesAVerdict(byte[] bytes) {
    ByteBuf message = Fixture.buffer(bytes);

    QueryView.Verdict verdict = view.read(message);

    if (verdict != QueryView.Verdict.NOT_A_QUERY) {
      ClientQuestion client = view.clientQuestion(message);
      assertThat(client.question().length).isLessThanOrEqualTo(bytes.length);
    }
    assertThat(message.readableBytes()).isEqualTo(bytes.length);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "60m")
  void walk_anyBytes_whatIsSoundCanBeSent(byte[] bytes) {
    ByteBuf message = Fixture.buffer(bytes);

    ResponseFacts facts = walk.walk(message, name -> false);

    if (facts != null) {
      ClientQuestion client = asker(bytes, facts);
      send(Replies.forward(message.retain(), facts, client, 512, UnpooledByteBufAllocator.DEFAULT));
      Message decoded = MessageDecoder.decode(message, facts, client);
      if (decoded != null) {
        send(
            MessageEncoder.encode(decoded, client, null, 65_535, UnpooledByteBufAllocator.DEFAULT));
      }
    }
  }

  /** Who asked the question of this response, with EDNS. */
  private static ClientQuestion asker(byte[] response, ResponseFacts facts) {
    byte[] question = Arrays.copyOfRange(response, 12, facts.questionEnd());
    return new ClientQuestion(7, 0x0100, question, true, true, 4096);
  }

  private void send(ByteBuf reply) {
    assertThat(walk.walk(reply, name -> false)).isNotNull();
    reply.release();
  }
}
