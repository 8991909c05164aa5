package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.policy.MillionNames;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Three routes from a file, with lists in the formats that people publish them in. */
@Tag("netns")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListsTest {
  private static final String PLAIN = "www.plain.example.net";
  private static final String PLAIN_REAL = "203.0.113.40";
  private static final Path FIXTURES = Path.of("test-fixtures/lists").toAbsolutePath();
  private static final int MANY = 100_000;
  private static final int BULK = 60;
  private static final int RELOADS = 10;

  private static final String ROUTES =
      """
      host = ["192.168.77.1", "fd77::1"]
      upstream-host = "192.0.2.2"

      [[list]]
      name = "far"
      url = "https://lists.example/far.list"
      refresh = 7200

      [[route]]
      name = "vpn"
      domain-list = ["v2fly/main", "FIXTURES/v2fly/shop", "far"]
      ipv4-prefix = "198.18.0.0/17"
      ipv6-prefix = "2001:2:0:d07::/64"
      fake-ttl = 30
      allow-private-real = true

      [[route]]
      name = "big"
      domain-list = "big.conf"
      ipv4-prefix = "198.18.128.0/17"
      ipv6-prefix = "2001:2:0:2::/64"
      treatment = "nat"

      [[route]]
      name = "ads"
      domain = ["full:www.shop.example", "keyword:tracker"]
      domain-list = ["FIXTURES/adguard.txt", "FIXTURES/hosts.txt", "blocked.txt"]
      clients = ["192.168.77.2", "fd77::2"]
      treatment = "refuse"
      rcode = "nodata"
      """
          .replace("FIXTURES", FIXTURES.toString());

  private Lab lab;
  private Host client;
  private Dotp dotp;
  private Path file;

  @BeforeAll
  void start() throws IOException {
    lab = Lab.up(BULK);
    client = lab.host(Lab.CLIENT);
    file = lab.directory().resolve("dotp.toml");
    Files.createDirectory(lab.directory().resolve("v2fly"));
    Files.writeString(lab.directory().resolve("v2fly/part"), "example.com # all of it\n");
    Files.writeString(lab.directory().resolve("blocked.txt"), "||mail.plain.example.net^\n");
    Path copies = Files.createDirectories(lab.directory().resolve("state/lists"));
    Files.writeString(copies.resolve("far"), "text.plain.example.net\n");
    writeUsual();
    dotp = lab.dotp("-c", file.toString()).awaitAnswers(client);
  }

  /** One daemon for all: every test begins with the same lists and routes. */
  @BeforeEach
  void reset() throws IOException {
    writeUsual();
    hangUp("reloads");
    assertThat(ask(PLAIN)).isEqualTo(PLAIN_REAL);
  }

  private void writeUsual() throws IOException {
    Files.writeString(
        lab.directory().resolve("v2fly/main"), "include:part\nfull:out.example.com\n");
    writeBig(false);
    Files.deleteIfExists(file);
    Files.writeString(file, ROUTES);
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  /** A list in the style of dnsmasq-china-list, with or without a name of the lab at its end. */
  private void writeBig(boolean plain) throws IOException {
    Path fresh = lab.directory().resolve("big.conf.new");
    try (BufferedWriter out = Files.newBufferedWriter(fresh)) {
      for (int i = 0; i < MANY; i++) {
        out.write("server=/" + MillionNames.text(i) + "/114.114.114.114\n");
      }
      out.write("server=/" + (plain ? "plain" : "other") + ".example.net/114.114.114.114\n");
    }
    Files.move(
        fresh, lab.directory().resolve("big.conf"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private void hangUp(String counter) {
    long before = Dotp.number(dotp.status(), counter);
    dotp.signal("HUP");
    Patience.until(() -> Dotp.number(dotp.status(), counter) > before, dotp::log);
  }

  private static String lookup(String... words) {
    List<String> all = new ArrayList<>(List.of("lists", "lookup"));
    all.addAll(List.of(words));
    return Lab.beside(Dotp.launcher(all).toArray(String[]::new)).expectSuccess().out();
  }

  private String ask(String name) {
    return client.ask(name, "A").address();
  }

  @Test
  void names_ofListsOfFiveFormats_goTheirRoutes() throws IOException {
    Host other = lab.host(Lab.CLIENT2);
    String fake = ask("www.example.com");
    assertThat(fake).matches("198[.]18[.]([0-9]|[1-9][0-9]|1[01][0-9]|12[0-7])[.].*");
    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");
    assertThat(ask(PLAIN)).isEqualTo(PLAIN_REAL);

    Answer refused = client.ask("mail.plain.example.net", "A");
    assertThat(refused.rcode()).isEqualTo("NOERROR");
    assertThat(refused.addresses()).isEmpty();
    assertThat(refused.extendedErrors()).containsExactly(15);
    assertThat(other.ask("mail.plain.example.net", "A").address()).isEqualTo("203.0.113.41");
    assertThat(client.ask("a-tracker.example.net", "A").rcode()).isEqualTo("NOERROR");
    assertThat(other.ask("a-tracker.example.net", "A").rcode()).isEqualTo("NXDOMAIN");
    assertThat(lookup("a-tracker.example.net"))
        .contains("not looked at, for their 'clients' are not all: ads")
        .doesNotContain("*");
    assertThat(lookup("a-tracker.example.net", "--client", "192.168.77.2"))
        .containsPattern("[*] +ads +keyword +tracker ")
        .contains("192.168.77.2 has routes vpn, big, ads");
    assertThat(lookup("a-tracker.example.net", "--client", "192.168.77.3"))
        .contains("192.168.77.3 has routes vpn, big", "and not, because of their 'clients': ads")
        .doesNotContain("*");

    writeBig(true);
    Patience.until(() -> !ask(PLAIN).equals(PLAIN_REAL), dotp::log);
    String second = ask(PLAIN);
    assertThat(second).matches("198[.]18[.](12[89]|1[3-9][0-9]|2[0-9][0-9])[.].*");
    assertThat(client.reach(second)).isEqualTo(PLAIN_REAL);
    assertThat(dotp.log()).contains("lists were read again");
    assertThat(dotp.log())
        .contains("list was read name=big.conf format=dnsmasq entries=" + (MANY + 1));
  }

  @Test
  void listThatIsHalfWritten_keepsTheOldOne() throws IOException {
    Path main = lab.directory().resolve("v2fly/main");
    Files.writeString(
        main, "include:part\nfull:out.example.com\nfull:www.plain.example.net\ninclude:pa");

    Patience.until(dotp.logContains("the old ones stay"), dotp::log);
    assertThat(dotp.log()).contains("include:pa: no such file beside this one");
    assertThat(ask(PLAIN)).isEqualTo(PLAIN_REAL);
    assertThat(ask("www.example.com")).startsWith("198.18.");

    Files.writeString(main, "include:part\nfull:www.plain.example.net\n");
    Patience.until(() -> !ask(PLAIN).equals(PLAIN_REAL), dotp::log);
  }

  @Test
  void reloadsOfLargeListsUnderLoad_loseNoQuery() throws IOException {
    long before = Dotp.number(dotp.status(), "reloads-refused");
    Load load = Load.start(lab, BULK / 2, BULK / 2, 100, 1);
    for (int i = 0; i < RELOADS; i++) {
      writeBig(i % 2 == 0);
      hangUp("reloads");
      assertThat(ask(PLAIN).equals(PLAIN_REAL)).as("reload " + i).isEqualTo(i % 2 == 1);
    }
    assertNoFault(load.awaitConnections(20));
    load.close();
    assertThat(dotp.status()).contains(" reloads-refused=" + before + " ", " bugs=0 ");
  }

  private static void assertNoFault(Tally tally) {
    for (String fault :
        List.of(
            "unanswered",
            "servfail",
            "wrong-answers",
            "violations",
            "refused",
            "unreachable",
            "broken-downloads")) {
      assertThat(tally.of(fault)).as(fault + " in " + tally).isZero();
    }
    System.out.println("queries during reloads: " + tally);
  }

  /** Two mutations of every line: a word that nobody knows, and what cannot stand there. */
  @Test
  @Tag("long")
  void mutatedConfigurations_areRefusedWithTheirLineAndLoseNothing() throws IOException {
    long before = Dotp.number(dotp.status(), "reloads-refused");
    Load load = Load.start(lab, BULK / 2, BULK / 2, 100, 1);
    String[] lines = ROUTES.split("\n", -1);
    int mutated = 0;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].isBlank()) {
        continue;
      }
      for (String line : mutations(lines[i])) {
        String[] changed = lines.clone();
        changed[i] = line;
        Files.writeString(file, String.join("\n", changed));
        hangUp("reloads-refused");
        assertThat(dotp.log()).as(line).contains(file + ":" + (i + 1) + ":");
        mutated++;
      }
    }
    assertThat(mutated).isGreaterThanOrEqualTo(50);
    assertThat(ask("www.example.com")).startsWith("198.18.");

    Path swapped = lab.directory().resolve("other.toml");
    Files.writeString(
        swapped, ROUTES.replace("\"far\"]", "\"far\"]\ndomain = \"plain.example.net\""));
    Files.delete(file);
    Files.createSymbolicLink(file, swapped);
    hangUp("reloads");
    assertThat(ask(PLAIN)).startsWith("198.18.");

    assertNoFault(load.awaitConnections(20));
    load.close();
    assertThat(dotp.status()).contains(" reloads-refused=" + (before + mutated) + " ", " bugs=0 ");
  }

  private static List<String> mutations(String line) {
    return line.startsWith("[[")
        ? List.of(line.replace("]]", "x]]"), line.substring(0, line.length() - 1))
        : List.of("x" + line, line.replaceFirst(" = .*", " = -1.5"));
  }
}
