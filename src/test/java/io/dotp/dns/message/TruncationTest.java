package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** Both writers at the borders of every size that a client can have. */
class TruncationTest {
  /** The ways out. */
  enum Way {
    BYTES {
      @Override
      ByteBuf send(TestMessage response, ClientQuestion client, int maxSize) {
        ByteBuf buffer = response.buffer();
        ResponseFacts facts =
            Objects.requireNonNull(new ResponseWalk().walk(buffer, name -> false));
        return Replies.forward(buffer, facts, client, maxSize, UnpooledByteBufAllocator.DEFAULT);
      }
    },
    MESSAGE {
      @Override
      ByteBuf send(TestMessage response, ClientQuestion client, int maxSize) {
        return MessageEncoder.encode(
            response.message(), client, null, maxSize, UnpooledByteBufAllocator.DEFAULT);
      }
    },
    STORED {
      @Override
      ByteBuf send(TestMessage response, ClientQuestion client, int maxSize) {
        StoredResponse stored = MessageEncoder.store(response.message(), Set.of());
        return Replies.ofStored(
            stored, client, Ttls.aged(0), null, maxSize, UnpooledByteBufAllocator.DEFAULT);
      }
    };

    abstract ByteBuf send(TestMessage response, ClientQuestion client, int maxSize);
  }

  @ParameterizedTest
  @CsvSource({
    "BYTES, 512, -1",
    "BYTES, 512, 0",
    "BYTES, 512, 1",
    "BYTES, 1232, -1",
    "BYTES, 1232, 0",
    "BYTES, 1232, 1",
    "BYTES, 65535, -1",
    "BYTES, 65535, 0",
    "MESSAGE, 512, -1",
    "MESSAGE, 512, 0",
    "MESSAGE, 512, 1",
    "MESSAGE, 1232, -1",
    "MESSAGE, 1232, 0",
    "MESSAGE, 1232, 1",
    "MESSAGE, 65535, -1",
    "MESSAGE, 65535, 0",
    "STORED, 512, -1",
    "STORED, 512, 0",
    "STORED, 512, 1",
    "STORED, 1232, -1",
    "STORED, 1232, 0",
    "STORED, 1232, 1",
    "STORED, 65535, -1",
    "STORED, 65535, 0"
  })
  void send_atTheBorder_fitsOrIsTruncated(Way way, int maxSize, int over) {
    TestMessage response = ofLength(maxSize + over);
    ClientQuestion client = TestMessage.query("a.test. TXT").client();

    Message reply = parse(way.send(response, client, maxSize), maxSize);

    assertThat(reply.getHeader().getFlag(Flags.TC)).isEqualTo(over > 0);
    assertThat(reply.getSection(Section.ANSWER).isEmpty()).isEqualTo(over > 0);
    assertThat(reply.numBytes()).isEqualTo(over > 0 ? 12 + 12 : maxSize + over);
  }

  @ParameterizedTest
  @CsvSource({
    "BYTES, 512", "BYTES, 1232", "BYTES, 65535",
    "MESSAGE, 512", "MESSAGE, 1232", "MESSAGE, 65535",
    "STORED, 512", "STORED, 1232", "STORED, 65535"
  })
  void send_ownOptRecord_countsAndIsKept(Way way, int maxSize) {
    ClientQuestion client = TestMessage.query("a.test. TXT").opt(4096, 0, 0).client();

    Message fits = parse(way.send(ofLength(maxSize - 11), client, maxSize), maxSize);
    Message tooLong = parse(way.send(ofLength(maxSize - 10), client, maxSize), maxSize);

    assertThat(fits.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(fits.getOPT()).isNotNull();
    assertThat(tooLong.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(tooLong.getOPT()).isNotNull();
  }

  /** An OPT record of ours with an Extended DNS Error takes 17 bytes. */
  @ParameterizedTest
  @CsvSource({"512, 17, false", "512, 16, true", "1232, 17, false", "1232, 16, true"})
  void ofStored_extendedError_counts(int maxSize, int room, boolean cut) {
    StoredResponse stored = MessageEncoder.store(ofLength(maxSize - room).message(), Set.of());
    ClientQuestion client = TestMessage.query("a.test. TXT").opt(4096, 0, 0).client();

    ByteBuf sent =
        Replies.ofStored(
            stored, client, Ttls.aged(0), 4, maxSize, UnpooledByteBufAllocator.DEFAULT);

    Message reply = parse(sent, maxSize);
    assertThat(reply.getHeader().getFlag(Flags.TC)).isEqualTo(cut);
    assertThat(reply.getOPT()).isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void send_largerThanAnyBorder_keepsWholeRrsets(Way way) {
    TestMessage response = TestMessage.response("a.test. A");
    for (int i = 0; i < 10; i++) {
      response.answer("a.test. 60 IN A 203.0.113." + i);
    }
    response.authority("test. 60 IN NS b.test.", "test. 60 IN NS c.test.");
    response.additional("b.test. 60 IN A 203.0.113.1", "b.test. 60 IN AAAA 2001:db8::1");
    ClientQuestion client = TestMessage.query("a.test. A").client();
    int length = response.bytes().length;

    for (int maxSize = 24; maxSize <= length; maxSize++) {
      Message reply = parse(way.send(response, client, maxSize), maxSize);

      assertThat(reply.getHeader().getFlag(Flags.TC)).isEqualTo(maxSize < length);
      assertThat(reply.getSection(Section.ANSWER).size()).isIn(0, 10);
      assertThat(reply.getSection(Section.AUTHORITY).size()).isIn(0, 2);
      assertThat(reply.getSection(Section.ADDITIONAL).size()).isIn(0, 1, 2);
    }
  }

  @Test
  void forward_optOfTheUpstreamInFrontOfTheCut_isNotCounted() {
    TestMessage response = TestMessage.response("a.test. A");
    for (int i = 0; i < 100; i++) {
      response.additional("n" + i + ".test. 60 IN A 203.0.113.1");
    }
    response.opt(1232, 0, 0);
    ClientQuestion client = TestMessage.query("a.test. A").client();

    Message reply = parse(Way.BYTES.send(response, client, 512), 512);

    assertThat(reply.getOPT()).isNull();
    assertThat(reply.getSection(Section.ADDITIONAL)).hasSizeGreaterThan(20);
  }

  /** A response with one TXT record that makes it exactly so long. */
  private static TestMessage ofLength(int length) {
    int left = length - 12 - 12 - 12;
    StringBuilder text = new StringBuilder("a.test. 60 IN TXT");
    while (left > 0) {
      int string = Math.min(left - 1, 255);
      // A string of one byte less, so that no single byte is left over for the next one.
      if (left - 1 - string == 1) {
        string--;
      }
      text.append(" \"").append("x".repeat(string)).append('"');
      left -= string + 1;
    }
    TestMessage response = TestMessage.response("a.test. TXT").answer(text.toString());
    assertThat(response.bytes()).hasSize(length);
    return response;
  }

  private static Message parse(ByteBuf reply, int maxSize) {
    byte[] bytes = ByteBufUtil.getBytes(reply);
    reply.release();
    assertThat(bytes.length).isLessThanOrEqualTo(maxSize);
    try {
      return new Message(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
