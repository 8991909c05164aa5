package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuestionMatchTest {
  /** The ID is compared by the socket that knows it. */
  private static final Set<String> DIFFER_IN_ID_ONLY = Set.of("response-wrongid");

  private static final byte[] SENT =
      Arrays.copyOfRange(Fixture.named("response-good").bytes(), 12, 34);

  static Stream<Fixture> responses() {
    return Fixture.all("response-").filter(each -> !DIFFER_IN_ID_ONLY.contains(each.name()));
  }

  @ParameterizedTest
  @MethodSource("responses")
  void of_fixture_isWhatItSays(Fixture fixture) {
    ByteBuf response = fixture.buffer();

    QuestionMatch.Result result = QuestionMatch.of(response, Unpooled.wrappedBuffer(SENT));

    QuestionMatch.Result expected =
        switch (fixture.expected()) {
          case "foreign" -> QuestionMatch.Result.FOREIGN;
          case "case" -> QuestionMatch.Result.CASE_DIFFERS;
          default -> QuestionMatch.Result.MATCH;
        };
    assertThat(result).isEqualTo(expected);
  }

  @Test
  void of_anyByteOfTheQuestionChanged_isNoMatch() {
    for (int index = 0; index < SENT.length; index++) {
      for (int value = 0; value < 256; value++) {
        byte[] response = Fixture.named("response-good").bytes();
        byte before = response[12 + index];
        response[12 + index] = (byte) value;
        boolean letter = index < SENT.length - 4 && Character.isLetter(before & 0xff);

        QuestionMatch.Result result =
            QuestionMatch.of(Fixture.buffer(response), Unpooled.wrappedBuffer(SENT));

        QuestionMatch.Result expected = QuestionMatch.Result.FOREIGN;
        if (value == (before & 0xff)) {
          expected = QuestionMatch.Result.MATCH;
        } else if (letter && value == (before & 0xff ^ 0x20)) {
          expected = QuestionMatch.Result.CASE_DIFFERS;
        }
        assertThat(result).as("byte %d = %d", index, value).isEqualTo(expected);
      }
    }
  }

  @Test
  void of_atSignForBackquote_isAnotherName() {
    byte[] response = Fixture.named("response-good").bytes();
    byte[] sent = SENT.clone();
    response[13] = '@';
    sent[1] = '`';

    QuestionMatch.Result result =
        QuestionMatch.of(Fixture.buffer(response), Unpooled.wrappedBuffer(sent));

    assertThat(result).isEqualTo(QuestionMatch.Result.FOREIGN);
  }
}
