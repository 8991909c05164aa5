package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Section;

/** A client asks for a name, gets a fake, and reaches the real server through the kernel. */
@Tag("netns")
class MainPathTest {
  private static Lab lab;
  private static Host client;
  private static Host gateway;

  @BeforeAll
  static void start() {
    lab = Lab.up();
    client = lab.host(Lab.CLIENT);
    gateway = lab.host(Lab.GATEWAY);
    lab.dotp(Dotp.USUAL).awaitAnswers(client);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "www.example.com, A, 203.0.113.10",
    "www.example.com, AAAA, 2001:db8:f::10",
    "WWW.Example.COM, A, 203.0.113.10",
    "example.com, A, 203.0.113.9",
    "v4only.example.com, A, 203.0.113.13",
    "v6only.example.com, AAAA, 2001:db8:f::13",
    "alias.example.com, A, 203.0.113.10",
    "alias.example.com, AAAA, 2001:db8:f::10",
    "out.example.com, A, 203.0.113.20",
    "into.plain.example.net, AAAA, 2001:db8:f::10",
    "leaf.tree.example.com, A, 203.0.113.30",
    "leaf.tree.example.com, AAAA, 2001:db8:f::30",
    "lan.example.com, A, 192.168.77.3",
    "half.example.com, A, 203.0.113.16"
  })
  void listedName_leadsToItsServer(String name, String type, String real) {
    Host lanServer = name.startsWith("lan.") ? lanServer() : client;

    String overUdp = client.ask(name, type).address();
    String overTcp = client.ask(Question.of(name, type).overTcp()).address();

    assertThat(overUdp).isEqualTo(overTcp).matches("198\\.1[89]\\..*|2001:2:0:d07:.*");
    assertThat(lanServer).isNotNull();
    assertThat(client.reach(overUdp)).isEqualTo(real);
    assertThat(client.reachByDatagram(overUdp)).isEqualTo(real);
    assertThat(lab.run(Lab.CLIENT, "ping", "-c", "1", "-W", "5", overUdp).code()).isZero();
    assertThat(gateway.reach(overUdp)).isEqualTo(real);
    assertThat(gateway.reachByDatagram(overUdp)).isEqualTo(real);
  }

  /** A server on the clients' own network, as the upstream has them. */
  private static Host lanServer() {
    lab.script("start", Lab.CLIENT2, "lan-servers", "contrib/lib/lab-server.py").expectSuccess();
    Host host = lab.host(Lab.CLIENT2);
    Patience.until(() -> host.reach("192.168.77.3").equals("192.168.77.3"), () -> "no LAN server");
    return host;
  }

  @ParameterizedTest
  @ValueSource(strings = {"-4", "-6"})
  void curl_byName_reachesTheRealServer(String family) {
    Finished page =
        lab.script(
            "exec", Lab.CLIENT, "curl", "-sS", "-m", "20", family, "http://www.example.com/");

    assertThat(page.code()).as(page.text()).isZero();
    assertThat(page.out())
        .contains("host=www.example.com")
        .containsAnyOf("real=203.0.113.10 ", "real=2001:db8:f::10 ");
  }

  @Test
  void megabytes_throughTheFake_allArrive() {
    String url = "http://www.example.com/bytes/20000000";

    Finished page =
        lab.script(
            "exec",
            Lab.CLIENT,
            "curl",
            "-sS",
            "-m",
            "60",
            "-o",
            "/dev/null",
            "-w",
            "%{size_download}",
            url);

    assertThat(page.out()).as(page.text()).isEqualTo("20000000");
  }

  @Test
  void everyClient_getsTheSameFake() {
    Host other = lab.host(Lab.CLIENT2);

    String first = client.ask("api.example.com", "A").address();
    String second = other.ask(Question.of("api.example.com", "A").to(Lab.GATEWAY_LAN6)).address();

    assertThat(second).isEqualTo(first);
  }

  @Test
  void addressesOfAnRrset_areEachReplaced() {
    List<String> fakes = client.ask("pair.example.com", "A").addresses();

    assertThat(fakes).hasSize(2).doesNotHaveDuplicates();
    assertThat(fakes.stream().map(client::reach))
        .containsExactlyInAnyOrder("203.0.113.14", "203.0.113.15");
  }

  @Test
  void aliases_stayAndTtlsAreShort() {
    Answer answer = client.ask("alias.example.com", "A");

    assertThat(answer.records(Section.ANSWER).get(0))
        .isEqualTo("alias.example.com. CNAME www.example.com.");
    assertThat(answer.largestTtl()).isBetween(1L, 60L);
  }

  @Test
  void dname_staysInTheAnswer() {
    Answer answer = client.ask("leaf.tree.example.com", "A");

    assertThat(answer.records(Section.ANSWER))
        .contains(
            "tree.example.com. DNAME target.example.net.",
            "leaf.tree.example.com. CNAME leaf.target.example.net.");
  }

  @Test
  void glueOfAListedName_isFake() {
    Answer answer = client.ask("example.com", "MX");

    assertThat(answer.records(Section.ANSWER))
        .containsExactly("example.com. MX 10 mail.example.com.");
    assertThat(String.join("\n", answer.records(Section.ADDITIONAL)))
        .doesNotContain("203.0.113.12")
        .doesNotContain("2001:db8:f:");
  }

  @Test
  void httpsRecordOfAListedName_hasNoRealAddress() {
    Answer answer = client.ask("svc.example.com", "HTTPS");

    assertThat(answer.rcode()).isEqualTo("NOERROR");
    assertThat(answer.toString()).doesNotContain("203.0.113").doesNotContain("2001:db8:f:");
  }

  @Test
  void longAnswer_overUdpIsTruncatedAndOverTcpWhole() {
    Answer overUdp = client.ask("big.example.com", "A");
    Answer overTcp = client.ask(Question.of("big.example.com", "A").overTcp());

    assertThat(overUdp.isTruncated()).isTrue();
    assertThat(overTcp.addresses()).hasSize(100).doesNotHaveDuplicates();
    assertThat(client.reach(overTcp.addresses().get(99))).startsWith("203.0.113.");
  }

  @Test
  void withoutEdns_answerFits512AndHasNoOpt() {
    Answer big = client.ask(Question.of("big.example.com", "A").withEdns(0));
    Answer small = client.ask(Question.of("www.example.com", "A").withEdns(0));

    assertThat(big.isTruncated()).isTrue();
    assertThat(big.bytes().length).isLessThanOrEqualTo(512);
    assertThat(small.hasOpt()).isFalse();
    assertThat(client.ask("www.example.com", "A").hasOpt()).isTrue();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "www.plain.example.net, A",
    "www.plain.example.net, AAAA",
    "mIxEd.CaSe.plain.example.net, A",
    "plain.example.net, MX",
    "text.plain.example.net, TXT",
    "_sip._udp.plain.example.net, SRV",
    "far.plain.example.net, A",
    "svc.plain.example.net, HTTPS",
    "nothing.plain.example.net, A",
    "www.plain.example.net, TXT",
    "., NS"
  })
  void unlistedName_isTheUpstreamsAnswerByteForByte(String name, String type) {
    for (Question asked :
        List.of(
            Question.of(name, type),
            Question.of(name, type).withEdns(0),
            Question.of(name, type).overTcp(),
            Question.of(name, type).overTcp().withEdns(0))) {
      byte[] ours = client.ask(asked).withoutIdAndOpt();
      byte[] theirs = client.ask(asked.to(Lab.UPSTREAM_DNS)).withoutIdAndOpt();

      assertThat(ours).as(asked.toString()).isEqualTo(theirs);
    }
  }

  @Test
  void longUnlistedAnswer_overTcpIsWhole() {
    Question asked = Question.of("big.plain.example.net", "A");

    assertThat(client.ask(asked).isTruncated()).isTrue();
    assertThat(client.ask(asked.overTcp()).withoutIdAndOpt())
        .isEqualTo(client.ask(asked.overTcp().to(Lab.UPSTREAM_DNS)).withoutIdAndOpt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"198.19.255.77", "2001:2:0:d07::dead"})
  void unmappedFake_isRejectedAtOnce(String fake) {
    long before = lab.kernel().rejected();

    assertThat(client.reach(fake)).isEqualTo("ECONNREFUSED");
    assertThat(client.reachByDatagram(fake)).isIn("EHOSTUNREACH", "EACCES");
    assertThat(gateway.reach(fake)).isEqualTo("ECONNREFUSED");
    assertThat(lab.kernel().rejected()).isGreaterThan(before);
  }

  @Test
  void negativeAnswers_passHonestly() {
    assertThat(client.ask("nothing.example.com", "A").rcode()).isEqualTo("NXDOMAIN");
    Answer noData = client.ask("v4only.example.com", "AAAA");

    assertThat(noData.rcode()).isEqualTo("NOERROR");
    assertThat(noData.records(Section.ANSWER)).isEmpty();
    assertThat(noData.records(Section.AUTHORITY).get(0)).contains("SOA");
  }

  @Test
  void answer_isInTheKernelBeforeItLeaves() {
    String fake = client.ask("bulk7.example.com", "A").address();

    assertThat(lab.kernel().pairs("nat_map")).containsEntry(fake, BulkNames.real(7, false));
    assertThat(lab.kernel().nft("list", "set", "inet", "dotp", "nat_addr"))
        .contains(BulkNames.real(7, false));
  }
}
