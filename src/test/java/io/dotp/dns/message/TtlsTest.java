package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TtlsTest {
  @ParameterizedTest
  @CsvSource({
    "300, 0, 60, 0, 60",
    "300, 250, 60, 0, 50",
    "20, 0, 60, 0, 20",
    "300, 0, 5, 0, 5",
    "0, 0, 60, 0, 0",
    "2147483647, 0, 60, 0, 60",
    "-1, 0, 60, 0, 0",
    "300, 400, 60, 0, 0",
    "300, 400, 60, 30, 30",
    "300, 400, 5, 30, 5",
    "5, 0, 60, 30, 30"
  })
  void of_limited_isTheLeastOfAgedUpstreamAndLease(
      int stored, long age, long limit, int stale, int expected) {
    assertThat(new Ttls(age, limit, stale).of(stored, true)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"300, 0, 300", "300, 299, 1", "300, 301, 0", "-5, 0, 0", "2147483647, 7, 2147483640"})
  void of_aged_losesTheAge(int stored, long age, int expected) {
    assertThat(Ttls.aged(age).of(stored, false)).isEqualTo(expected);
  }
}
