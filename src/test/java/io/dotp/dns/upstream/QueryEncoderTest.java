package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.name.DomainName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryEncoderTest {
  private final QueryEncoder encoder =
      new QueryEncoder(new RandomBits(new Random(1)), UnpooledByteBufAllocator.DEFAULT);

  private byte[] encode(UpstreamQuery query, boolean mixCase) {
    ByteBuf message = encoder.encode(query, mixCase);
    byte[] bytes = ByteBufUtil.getBytes(message);
    message.release();
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, false, 0120, 0000",
    "false, true, false, 0030, 0000",
    "true, true, true, 0130, 8000"
  })
  void query_hasOneQuestionAndOurOpt(
      boolean rd, boolean cd, boolean dnssecOk, String flags, String optFlags) {
    UpstreamQuery query = new UpstreamQuery(DomainName.parse("a.bc"), 28, 1, rd, cd, dnssecOk, 0);

    byte[] message = encode(query, false);

    assertThat(ByteBufUtil.hexDump(message))
        .isEqualTo(
            "0000"
                + flags
                + "0001000000000001"
                + "016102626300001c0001"
                + "00002904d00000"
                + optFlags
                + "0000");
  }

  @Test
  void letters_inRandomCase_varyInEveryPlaceAndChangeNothingElse() {
    UpstreamQuery query =
        new UpstreamQuery(DomainName.parse("abcdefghij.k-9.example"), 1, 1, true, false, false, 0);
    byte[] plain = encode(query, false);
    BitSet upper = new BitSet();
    BitSet lower = new BitSet();

    for (int round = 0; round < 100; round++) {
      byte[] mixed = encode(query, true);
      assertThat(Answers.inLowerCase(mixed)).isEqualTo(plain);
      for (int i = 0; i < mixed.length; i++) {
        (mixed[i] == plain[i] ? lower : upper).set(i);
      }
    }

    for (int i = 12; i < plain.length; i++) {
      boolean letter = plain[i] >= 'a' && plain[i] <= 'z';
      assertThat(upper.get(i)).as("place %d", i).isEqualTo(letter);
      assertThat(lower.get(i)).isTrue();
    }
  }

  @Test
  void ids_ofASeededSource_areSpreadEvenly() {
    RandomBits random = new RandomBits(new Random(42));
    int[] buckets = new int[256];

    for (int i = 0; i < 65_536; i++) {
      buckets[random.nextId() >> 8]++;
    }

    double chiSquare = 0;
    for (int count : buckets) {
      chiSquare += (count - 256.0) * (count - 256.0) / 256;
    }
    assertThat(chiSquare).isBetween(180.0, 345.0);
  }
}
