package io.dotp.nat.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ProxyRules;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.config.RouteRules;
import io.dotp.nat.journal.JournalRecord.ClockStep;
import io.dotp.nat.journal.JournalRecord.Freed;
import io.dotp.nat.journal.JournalRecord.Known;
import io.dotp.nat.journal.JournalRecord.Pool;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatTest {
  private static final RouteRules REDIRECTED =
      new RouteRules(0, 0, true, true, new ProxyRules(Inbound.REDIRECT, 1, FailMode.CLOSED));

  @Test
  void records_writtenAndRead_areTheSame() {
    List<JournalRecord> records =
        List.of(
            new Known(JournalRig.fake(1), JournalRig.liveEntry(2, 3, 4)),
            new Known(JournalRig.real(1), JournalRig.restingEntry(2, -1)),
            new Freed(List.of(JournalRig.fake(1), JournalRig.real(1))),
            new ClockStep(-5),
            new Pool(JournalRig.pool("a route", "198.18.0.0/20"), false),
            new Pool(JournalRig.pool("", "2001:2::/48"), true),
            new Pool(JournalRig.pool("marked", "198.18.0.0/20", JournalRig.MARKED), false),
            new Pool(JournalRig.pool("proxied", "2001:2::/48", JournalRig.PROXIED), true),
            new Pool(JournalRig.pool("redirected", "198.18.0.0/20", REDIRECTED), false));

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
      } else if (record instanceof Pool drain) {
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

  /** An earlier version noted no more of a pool that drained. */
  @Test
  void pool_ofTheKindWithoutRules_isOneThatIsOnlyRewritten() {
    assertThat(read("04" + "0001" + "72" + "04" + "c6120000" + "14" + "00"))
        .isEqualTo(new Pool(JournalRig.pool("r", "198.18.0.0/20"), false));
  }

  /** One refused rule would refuse the whole table. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000003" + "00000001" + "00" + "0000", // mark outside its mask
        "00000000" + "00000000" + "04" + "0000", // proxy without a port
        "00000000" + "00000000" + "00" + "0035", // port without a proxy
        "00000000" + "00000000" + "20" + "0000", // a bit that says nothing
        "00000000" + "00000000" + "00", // too short
        "00000000" + "00000000" + "00" + "0000" + "00" // too long
      })
  void pool_withRulesThatCannotBe_isDamaged(String rules) {
    String pool = "05" + "0001" + "72" + "04" + "c6120000" + "14" + "00";
    assertThat(read(pool + "00000001" + "00000003" + "02" + "0000")).isNotNull();

    assertThat(read(pool + rules)).isNull();
  }

  private static @Nullable JournalRecord read(String hex) {
    byte[] record = withRecord(new byte[0], HexFormat.of().parseHex(hex));
    return RecordFormat.read(
        Arrays.copyOf(record, RecordFormat.RECORD_HEADER),
        Arrays.copyOfRange(record, RecordFormat.RECORD_HEADER, record.length));
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
