package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two daemons that forward a zone to each other. */
class LoopTest {
  private static final int SERVFAIL = 2;
  private static final int REFUSED = 5;

  @TempDir Path directory;

  /** Relays between them hide whose sockets the queries come from. */
  @Test
  void query_thatGoesInACircle_endsAfterEightPacketsAtMost() throws Exception {
    try (CountingRelay toFirst = new CountingRelay();
        CountingRelay toSecond = new CountingRelay();
        LoopbackDaemon first = daemon("first", toSecond);
        LoopbackDaemon second = daemon("second", toFirst)) {
      toFirst.leadsTo(first.address());
      toSecond.leadsTo(second.address());

      byte[] answer = first.client().ask(query(), false);

      assertThat(answer).isNotNull();
      assertThat(answer[3] & 15).isIn(SERVFAIL, REFUSED);
      assertThat(1 + toFirst.queries() + toSecond.queries()).isLessThanOrEqualTo(8);
    }
  }

  private LoopbackDaemon daemon(String name, CountingRelay upstream) throws Exception {
    return new LoopbackDaemon(
        List.of(
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/24",
            "--forward",
            "loop.test=127.0.0.1:" + upstream.port()),
        Files.createDirectory(directory.resolve(name)));
  }

  /** www.loop.test A. */
  private static byte[] query() {
    return HexFormat.of()
        .parseHex("123401000001000000000000" + "03777777046c6f6f70047465737400" + "00010001");
  }
}
