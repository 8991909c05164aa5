package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hostile messages: work, counted in reads of the buffer, grows with the length and no faster. */
class WalkCostTest {
  /** A name of 110 labels stands at offset 12 as the question. */
  private static final int LABELS = 110;

  /** Ways to make a reader work. */
  enum Attack {
    POINTERS_TO_ALTERNATING_NAMES {
      @Override
      void record(ByteBuf out, int i) {
        out.writeShort(0xc000 | 12 + 2 * (i % 2));
        fixed(out, 16, 0);
      }
    },
    LABEL_BEFORE_A_LONG_NAME {
      @Override
      void record(ByteBuf out, int i) {
        out.writeByte(1).writeByte('a' + i % 26).writeShort(0xc00c);
        fixed(out, 16, 0);
      }
    },
    CHAIN_OF_POINTERS {
      @Override
      void record(ByteBuf out, int i) {
        int begin = out.writerIndex();
        out.writeByte(1).writeByte('a').writeShort(0xc000 | (i % 12 == 0 ? 12 : begin - 14));
        fixed(out, 16, 0);
      }
    },
    NAMES_IN_DATA {
      @Override
      void record(ByteBuf out, int i) {
        out.writeShort(0xc00c);
        fixed(out, 2, 2);
        out.writeShort(0xc00c);
      }
    };

    abstract void record(ByteBuf out, int i);

    static void fixed(ByteBuf out, int type, int length) {
      out.writeShort(type).writeShort(1).writeInt(0).writeShort(length);
    }

    /** In the authority section, where any owner may stand. */
    ByteBuf message(int length) {
      ByteBuf out = Unpooled.buffer(length);
      out.writeInt(0x12348180).writeShort(1).writeShort(0).writeInt(0);
      for (int i = 0; i < LABELS; i++) {
        out.writeByte(1).writeByte('q');
      }
      out.writeByte(0).writeInt(0x00010001);
      int records = 0;
      while (out.writerIndex() < length - 16) {
        record(out, records++);
      }
      return out.setShort(8, records);
    }
  }

  @ParameterizedTest
  @EnumSource
  void walk_twiceTheLength_isTwiceTheWork(Attack attack) {
    long half = reads(attack.message(8000));
    long whole = reads(attack.message(16_000));

    assertThat(whole).isBetween(half, half * 22 / 10);
    assertThat(whole).isLessThan(16_000L * LABELS / 4);
  }

  @Test
  void walk_answerFullOfAliases_doesBoundedWork() {
    long half = reads(aliases(8000));
    long whole = reads(aliases(16_000));

    assertThat(whole).isLessThan(half * 22 / 10);
  }

  /** In reverse order, so that each round of the search finds one name more. */
  private static ByteBuf aliases(int length) {
    TestMessage response = TestMessage.response("n0.test. A");
    for (int i = length / 35; i >= 0; i--) {
      response.answer("n" + i + ".test. 60 IN CNAME n" + (i + 1) + ".test.");
    }
    return response.buffer();
  }

  private static long reads(ByteBuf message) {
    byte[] bytes = new byte[message.readableBytes()];
    message.readBytes(bytes);
    CountingBuf counting = new CountingBuf(bytes);

    ResponseFacts facts = new ResponseWalk().walk(counting, name -> false);

    assertThat(facts).isNotNull();
    return counting.reads();
  }
}
