package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.netlink.NetlinkReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** What the kernel's answers to a batch of messages 10 to 13 mean, 12 to be acknowledged. */
class BatchReplyTest {
  private static final int CAPPED = 0x100;
  private static final int ATTRIBUTES = 0x200;

  private final BatchReply reply = new BatchReply(10, 13, 12);

  private void take(int sequence, int errno, int offset) {
    int length = offset == 0 ? 36 : 44;
    ByteBuffer answer = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    int flags = CAPPED | (offset == 0 ? 0 : ATTRIBUTES);
    answer.putInt(length).putShort((short) NetlinkReader.ERROR).putShort((short) flags);
    answer.putInt(sequence).putInt(0);
    answer.putInt(-errno).putInt(500).putInt(0).putInt(sequence).putInt(0);
    if (offset != 0) {
      answer.putShort((short) 8).putShort((short) 2).putInt(offset);
    }
    reply.take(answer.array(), length);
  }

  @Test
  void take_acknowledgement_isComplete() {
    take(12, 0, 0);

    assertThat(reply.isComplete()).isTrue();
    assertThat(reply.error()).isZero();
  }

  @Test
  void take_errorThenAcknowledgement_isTheError() {
    take(10, 16, 0);
    take(12, 0, 0);

    assertThat(reply.isComplete()).isTrue();
    assertThat(reply.error()).isEqualTo(16);
    assertThat(reply.failedSequence()).isEqualTo(10);
  }

  @Test
  void take_severalErrors_theFirstCounts() {
    take(11, 2, 88);
    take(12, 17, 44);

    assertThat(reply.error()).isEqualTo(2);
    assertThat(reply.failedSequence()).isEqualTo(11);
    assertThat(reply.offset()).isEqualTo(88);
  }

  @Test
  void take_answersOfAnEarlierBatch_areLeftOut() {
    take(9, 17, 0);
    take(14, 0, 0);

    assertThat(reply.isComplete()).isFalse();
    assertThat(reply.error()).isZero();
  }
}
