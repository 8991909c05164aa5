package io.dotp.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorLimitTest {
  @ParameterizedTest
  @CsvSource({
    "Max open files            1024                 524288               files, 1024",
    "Max open files            unlimited            unlimited            files, 9223372036854775807",
    "Max open files            many                 524288               files, 1024",
    "Max processes             77                   77                   processes, 1024"
  })
  void parse_lines_givesTheLimitInForce(String line, long limit) {
    assertThat(DescriptorLimit.parse(List.of("Limit  Soft Limit", line))).isEqualTo(limit);
  }

  @ParameterizedTest
  @CsvSource({"64, 8", "256, 16", "1024, 208", "524288, 4096", "9223372036854775807, 4096"})
  void share_ofTwoLoops_leavesSomeForTheRest(long limit, int share) {
    assertThat(DescriptorLimit.share(limit, 4_096, 2)).isEqualTo(share);
  }

  @Test
  void read_thisProcess_hasRoomForItsTests() {
    assertThat(DescriptorLimit.read()).isGreaterThan(64);
  }
}
