package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * contrib/howto/wireguard.md as it stands: two names on one CDN address, each by its own uplink,
 * and a direct connection to that address by a third. The tunnels are plain links here.
 */
@Tag("netns")
class SharedCdnTest {
  private static final Path HOWTO = Path.of("contrib/howto/wireguard.md");
  private static final List<String> REALS = List.of("203.0.113.10", "2001:db8:f::10");

  /** Behind each link a server of its own has the shared addresses. */
  private static final List<Set<String>> UPLINKS =
      List.of(Set.of("10.8.0.2", "fd08::2"), Set.of("10.9.0.2", "fd09::2"));

  private static final Set<String> MAIN = Set.of("192.0.2.1", "2001:db8:0:1::1");
  private static final List<String> NAMES = List.of("www.example.com", "twin.example.com");

  private static Lab lab;
  private static Host client;
  private static Host gateway;
  private static Dotp dotp;
  private static Path config;

  @BeforeAll
  static void start() throws IOException {
    lab = Lab.up(1);
    for (int i = 0; i < UPLINKS.size(); i++) {
      addUplink("wg" + i, "tunnel" + i, "10." + (8 + i) + ".0.", "fd0" + (8 + i) + "::");
    }
    for (String block : blocks("sh")) {
      block.lines().forEach(line -> lab.run(Lab.GATEWAY, line.split(" ")).expectSuccess());
    }
    config = lab.directory().resolve("dotp.toml");
    Files.writeString(config, text(blocks("toml").get(0)));
    client = lab.host(Lab.CLIENT);
    gateway = lab.host(Lab.GATEWAY);
    dotp = lab.dotp("-c", config.toString()).awaitAnswers(client);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static void addUplink(String device, String role, String net4, String net6)
      throws IOException {
    String space = lab.directory().getFileName() + "-" + role;
    Lab.beside("ip", "netns", "add", space).expectSuccess();
    // Those that the lab removes in the end.
    Files.writeString(
        lab.directory().resolve("namespaces"), space + "\n", StandardOpenOption.APPEND);
    on(role, "ip link set lo up");
    on(
        Lab.GATEWAY,
        "ip link add " + device + " mtu 1400 type veth peer name eth0 mtu 1400 netns " + space);
    on(Lab.GATEWAY, "ip addr add " + net4 + "2/24 dev " + device);
    on(Lab.GATEWAY, "ip addr add " + net6 + "2/64 dev " + device + " nodad");
    on(Lab.GATEWAY, "ip link set " + device + " up");
    on(role, "ip addr add " + net4 + "1/24 dev eth0");
    on(role, "ip addr add " + net6 + "1/64 dev eth0 nodad");
    on(role, "ip link set eth0 up");
    on(role, "ip addr add " + REALS.get(0) + "/32 dev eth0");
    on(role, "ip addr add " + REALS.get(1) + "/128 dev eth0 nodad");
    String servers = Path.of("contrib/lib/lab-server.py").toAbsolutePath().toString();
    lab.script("start", role, role, "/usr/bin/python3", servers).expectSuccess();
    Host there = lab.host(role);
    Patience.until(
        () -> there.reach(REALS.get(0)).equals(REALS.get(0)), () -> "no server in " + role);
  }

  private static void on(String role, String command) {
    lab.run(role, command.split(" ")).expectSuccess();
  }

  private static List<String> blocks(String language) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher block =
        Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(Files.readString(HOWTO));
    while (block.find()) {
      blocks.add(block.group(1));
    }
    assertThat(blocks).isNotEmpty();
    return blocks;
  }

  /** With the places of the lab. */
  private static String text(String toml) {
    return toml.replace("192.168.1.1", Lab.GATEWAY_LAN)
        .replace("fd10::1", Lab.GATEWAY_LAN6)
        .replace("9.9.9.9", Lab.UPSTREAM_DNS);
  }

  private static List<String> fakes(String name) {
    return List.of(client.ask(name, "A").address(), client.ask(name, "AAAA").address());
  }

  private static void assertOwnUplinks() {
    for (int i = 0; i < NAMES.size(); i++) {
      for (String fake : fakes(NAMES.get(i))) {
        for (Host host : List.of(client, gateway)) {
          assertThat(UPLINKS.get(i)).contains(host.peerAt(fake));
          assertThat(UPLINKS.get(i)).contains(host.peerOfDatagramAt(fake));
        }
      }
    }
  }

  @Test
  void names_ofOneAddress_goByTheirOwnUplinks() {
    assertOwnUplinks();
    Set<String> fakes = new HashSet<>();
    NAMES.forEach(name -> fakes.addAll(fakes(name)));

    assertThat(fakes).as("two names, two families, one server").hasSize(4);
    for (String real : REALS) {
      assertThat(MAIN).as("direct").contains(client.peerAt(real), gateway.peerAt(real));
    }
  }

  @Test
  void flows_mappingGone_stayOnTheirUplinks() {
    List<Host.Flow> flows = new ArrayList<>();
    for (String name : NAMES) {
      for (String fake : fakes(name)) {
        flows.add(client.open(fake));
        flows.add(gateway.open(fake));
      }
    }
    assertThat(flows).extracting(Host.Flow::real).allMatch(REALS::contains);
    String fake = fakes(NAMES.get(0)).get(0);

    dotp.terminate();
    assertThat(dotp.awaitExit()).isZero();
    for (String set : List.of("nat_map", "nat_map6", "nat_addr", "nat_addr6")) {
      lab.kernel().nft("flush", set.startsWith("nat_map") ? "map" : "set", "inet", "dotp", set);
    }

    assertThat(client.reach(fake)).isEqualTo("ECONNREFUSED");
    assertThat(flows).allMatch(Host.Flow::isAlive);
    dotp = lab.dotp("-c", config.toString()).awaitAnswers(client);
    assertThat(flows).allMatch(Host.Flow::isAlive);
    assertOwnUplinks();
  }

  @Test
  void mark_changedByReload_newFlowsFollowAndOthersStay() throws IOException {
    List<String> first = fakes(NAMES.get(0));
    List<String> second = fakes(NAMES.get(1));
    Host.Flow flow = client.open(second.get(0));
    String text = Files.readString(config);

    hangUp(text.replaceFirst("mark = 0x100\n", "mark = 0x200\n"));
    assertThat(first).extracting(client::peerAt).isSubsetOf(UPLINKS.get(1));
    assertThat(flow.isAlive()).isTrue();

    hangUp(text.replaceFirst("mark = 0x100\nmark-mask = 0xf00\n", ""));
    assertThat(first).extracting(client::peerAt).isSubsetOf(MAIN);

    hangUp(text);
    assertOwnUplinks();
    assertThat(flow.isAlive()).isTrue();
    assertThat(dotp.log()).doesNotContain("until a restart");
  }

  @Test
  void route_goneAfterAKill_oldFakesStayOnTheirUplink() throws IOException {
    String text = Files.readString(config);
    String without = text.substring(0, text.lastIndexOf("[[route]]"));
    List<String> fakes = fakes(NAMES.get(1));
    Host.Flow flow = client.open(fakes.get(0));

    killAndStart(without);
    assertThat(fakes(NAMES.get(1))).as("gone while it was stopped").isEqualTo(REALS);
    assertThat(fakes).extracting(client::peerAt).isSubsetOf(UPLINKS.get(1));
    killAndStart(text);
    assertOwnUplinks();

    hangUp(without);
    killAndStart(without);
    assertThat(fakes).as("given up").extracting(client::peerAt).isSubsetOf(UPLINKS.get(1));
    killAndStart(text);
    assertThat(fakes(NAMES.get(1))).isEqualTo(fakes);
    assertOwnUplinks();
    assertThat(flow.isAlive()).isTrue();
  }

  private static void killAndStart(String text) throws IOException {
    dotp.kill();
    Files.writeString(config, text);
    dotp = lab.dotp("-c", config.toString()).awaitAnswers(client);
  }

  @Test
  void nftRemove_whileDotpRuns_isRefused() {
    List<String> command = Dotp.launcher(List.of("nft", "remove"));

    Finished refused = lab.run(Lab.GATEWAY, command.toArray(String[]::new));

    assertThat(refused.code()).as(refused.text()).isEqualTo(3);
    assertThat(refused.err()).contains("nftables table dotp is in use by another dotp");
    assertOwnUplinks();
  }

  private static void hangUp(String text) throws IOException {
    Files.writeString(config, text);
    long before = Dotp.number(dotp.status(), "reloads");
    dotp.signal("HUP");
    Patience.until(() -> Dotp.number(dotp.status(), "reloads") > before, dotp::log);
  }
}
