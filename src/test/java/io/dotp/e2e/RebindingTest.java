package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No name leads a client to the gateway itself or its link: not by DNS, and not by the kernel. */
@Tag("netns")
class RebindingTest {
  private static final int BLOCKED = 15;

  /** A good answer takes a millisecond here; that a packet was dropped is counted by the kernel. */
  private static final int SILENCE_MILLIS = 500;

  private static Lab lab;
  private static Host client;
  private static Dotp dotp;

  @BeforeAll
  static void start() {
    lab = Lab.up();
    client = lab.host(Lab.CLIENT);
    dotp = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    lab.script("start", Lab.GATEWAY, "own-servers", "contrib/lib/lab-server.py").expectSuccess();
    Patience.until(
        () -> client.reach(Lab.GATEWAY_LAN).equals(Lab.GATEWAY_LAN), () -> "no own servers");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @ParameterizedTest
  @CsvSource({
    "bad0, A",
    "bad1, A",
    "bad2, A",
    "bad3, A",
    "bad4, A",
    "bad5, A",
    "bad6, A",
    "bad7, A",
    "bad0, AAAA",
    "bad1, AAAA",
    "bad2, AAAA",
    "bad3, AAAA",
    "bad4, AAAA",
    "bad5, AAAA",
    "bad6, AAAA",
    "bad7, AAAA"
  })
  void specialAddress_neverBecomesAFake(String label, String type) {
    Map<String, String> before = lab.kernel().mappings();

    Answer answer = client.ask(label + ".example.com", type);

    assertThat(answer.rcode()).isEqualTo("NOERROR");
    assertThat(answer.addresses()).isEmpty();
    assertThat(answer.extendedErrors()).contains(BLOCKED);
    assertThat(lab.kernel().mappings()).isEqualTo(before);
  }

  /**
   * As if the DNS layer had let it pass: the element is there, and the kernel refuses to follow it.
   * The daemon stands still meanwhile, or it would take the element away.
   */
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0",
    "127.0.0.1",
    "169.254.1.1",
    "224.0.0.1",
    "255.255.255.255",
    "192.168.77.1",
    "192.0.2.1",
    "127.8.9.10",
    "::",
    "::1",
    "fe80::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fd77::1"
  })
  void specialAddress_inTheKernelsMap_isNotReached(String real) {
    boolean ipv6 = real.contains(":");
    String fake = ipv6 ? "2001:2:0:d07::bad" : "198.18.99.99";
    String map = ipv6 ? "nat_map6" : "nat_map";
    long before = lab.kernel().forbidden();
    dotp.signal("STOP");
    String reached;
    try {
      lab.kernel().nft("add", "element", "inet", "dotp", map, "{ " + fake + " : " + real + " }");
      reached = client.reachByDatagram(fake, SILENCE_MILLIS);
      lab.kernel().nft("delete", "element", "inet", "dotp", map, "{ " + fake + " }");
    } finally {
      dotp.signal("CONT");
    }

    assertThat(reached).isIn(List.of("ETIMEDOUT", "EHOSTUNREACH", "ECONNREFUSED", "EACCES"));
    assertThat(lab.kernel().forbidden()).isGreaterThan(before);
  }

  @Test
  void goodAddress_inTheKernelsMap_isReached() {
    dotp.signal("STOP");
    try {
      lab.kernel()
          .nft("add", "element", "inet", "dotp", "nat_map", "{ 198.18.99.98 : 203.0.113.50 }");
      assertThat(client.reachByDatagram("198.18.99.98")).isEqualTo("203.0.113.50");
    } finally {
      dotp.signal("CONT");
    }
  }
}
