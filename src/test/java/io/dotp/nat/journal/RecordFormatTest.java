package io.dotp.nat.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.journal.JournalRecord.ClockStep;
import io.dotp.nat.journal.JournalRecord.Drain;
import io.dotp.nat.journal.JournalRecord.Freed;
import io.dotp.nat.journal.JournalRecord.Known;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RecordFormatTest {
  @Test
  void records_writtenAndRead_areTheSame() {
    List<JournalRecord> records =
        List.of(
            new Known(JournalRig.fake(1), JournalRig.liveEntry(2, 3, 4)),
            new Known(JournalRig.real(1), JournalRig.restingEntry(2, -1)),
            new Freed(List.of(JournalRig.fake(1), JournalRig.real(1))),
            new ClockStep(-5),
            new Drain(JournalRig.pool("a route", "198.18.0.0/20"), false),
            new Drain(JournalRig.pool("", "2001:2::/48"), true));

    for (JournalRecord record : records) {
      ByteBuffer bytes = ByteBuffer.allocate(RecordFormat.MOST_BYTES);
      RecordFormat.append(record, bytes);
      byte[] whole = Arrays.copyOf(bytes.array(), bytes.position());
      byte[] header = Arrays.copyOf(whole, RecordFormat.RECORD_HEADER);
      byte[] body = Arrays.copyOfRange(whole, RecordFormat.RECORD_HEADER, whole.length);

      assertThat(RecordFormat.bodyLength(header)).isEqualTo(body.length);
      assertThat(RecordFormat.read(header, body)).isEqualTo(record);
      if (record instanceof Known known) {
        assertThat(RecordFormat.size(known)).isEqualTo(whole.length);
      } else if (record instanceof Drain drain) {
        assertThat(RecordFormat.size(drain.pool())).isEqualTo(whole.length);
      }
    }
  }

  /** An upgrade must be able to read what this version wrote. */
  @Test
  void bytes_ofVersion1_areTheseForEver() {
    ByteBuffer bytes = ByteBuffer.allocate(RecordFormat.MOST_BYTES);
    RecordFormat.appendFileHeader(bytes, false);
    RecordFormat.append(new Freed(List.of(JournalRig.fake(1))), bytes);

    String text = HexFormat.of().formatHex(bytes.array(), 0, bytes.position());

    assertThat(text)
        .startsWith("444f54504a4e4c0a" + "00000001")
        .contains("00000008")
        .endsWith("02" + "0001" + "04" + "64400001");
  }

  static byte[] withRecord(byte[] file, byte[] body) {
    ByteBuffer longer =
        ByteBuffer.allocate(file.length + RecordFormat.RECORD_HEADER + body.length).put(file);
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(4).putInt(0, body.length));
    crc.update(body);
    return longer.putInt(body.length).putInt((int) crc.getValue()).put(body).array();
  }
}
