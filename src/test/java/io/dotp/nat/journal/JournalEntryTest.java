package io.dotp.nat.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalEntryTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "an hour ago, 1000, 3601000, 3600000",
    "this moment, 1000, 1000, 0",
    "a clock that went back, 315360000000, 1000, 0",
    "a clock before 1970, -5000, -2000, 3000",
    "more than a long holds, -9223372036854775807, 9223372036854775807, 9223372036854775807",
    "still live, -9223372036854775808, 1000, 0",
  })
  void restedMillis_anyClock_isNeverNegative(
      String name, long sinceMillis, long nowMillis, long rested) {
    JournalEntry entry = JournalRig.restingEntry(1, sinceMillis);

    assertThat(entry.restedMillis(nowMillis)).as(name).isEqualTo(rested);
  }
}
