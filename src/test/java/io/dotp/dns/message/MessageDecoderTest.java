package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

class MessageDecoderTest {
  @Test
  void decode_soundMessage_hasItsRecordsWithoutWhatTrails() {
    Optional<Message> message = TestMessage.decode(Fixture.named("response-trailing").bytes());

    assertThat(message).isPresent();
    assertThat(message.get().getSection(Section.ANSWER)).hasSize(1);
  }

  /** A LOC record of an unknown version passes the walk, which does not look into LOC. */
  @Test
  void decode_dataThatCannotBeRead_isNothing() {
    TestMessage response = TestMessage.response("a.test. LOC");
    Name owner = Name.fromConstantString("a.test.");
    response.add(Record.newRecord(owner, 65_280, DClass.IN, 60, new byte[] {9}), Section.ANSWER);
    byte[] bytes = response.bytes();
    bytes[bytes.length - 11] = 0;
    bytes[bytes.length - 10] = 29;

    Optional<Message> message = TestMessage.decode(bytes);

    assertThat(message).isEmpty();
  }
}
