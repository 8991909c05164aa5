package io.dotp.nat.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.e2e.Patience;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.GatewayLab;
import io.dotp.nat.nft.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Traffic through the shipped rules, as the readings tell it; conntrack(8) is the judge. */
@Tag("netns")
class KernelUsageTest {
  private static final IpAddress A = address("198.18.0.1");
  private static final IpAddress B = address("198.18.0.2");
  private static final IpAddress C = address("2001:2::1");

  /** Fakes that no socket of another test still speaks to. */
  private static final IpAddress QUIET = address("198.18.0.101");

  private static final IpAddress QUIET_TOO = address("198.18.0.102");

  private static final long LEASE = 77_000_000_000L;
  private static final String HOLD_PORT = "8081";
  private static GatewayLab lab;

  private final NatMetrics metrics = new NatMetrics();
  private final Semaphore woken = new Semaphore(0);
  private KernelUsage usage;

  @BeforeAll
  static void build() {
    lab = new GatewayLab();
    lab.holdOnServer("listen", HOLD_PORT);
  }

  @AfterAll
  static void tearDown() {
    lab.close();
  }

  @BeforeEach
  void start() {
    List<IpPrefix> pools =
        List.of(prefix("198.18.0.0/15"), prefix("100.64.0.0/24"), prefix("2001:2::/48"));
    usage =
        KernelUsage.start(
            new KernelUsage.Settings("dotp", pools, LEASE),
            metrics,
            System::nanoTime,
            woken::release);
  }

  @AfterEach
  void clean() {
    usage.close();
    Shell.nft("flush ruleset");
    Shell.run("conntrack", "-F");
    assertThat(metrics.bugs.sum()).isZero();
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.parse(text));
  }

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text));
  }

  private static void loadRules() {
    Shell.outputOf("nft", "-f", "nft/rules.nft");
  }

  private static void steer() {
    Shell.nft(
        "add element inet dotp nat_map { 198.18.0.1 : 203.0.113.10, 198.18.0.2 : 203.0.113.10 };"
            + " add element inet dotp nat_map6 { 2001:2::1 : 2001:db8::10 }");
  }

  private static void unsteer() {
    Shell.nft("flush map inet dotp nat_map; flush map inet dotp nat_map6");
  }

  /** Lines of conntrack(8) for flows to a fake. */
  private static String conntrack(IpAddress fake) {
    return Shell.outputOf(
            "sh",
            "-c",
            "conntrack -L -f "
                + (fake.toString().contains(":") ? "ipv6" : "ipv4")
                + " -d "
                + fake
                + " 2>/dev/null")
        .strip();
  }

  private static void endInput(Process process) {
    try {
      process.getOutputStream().close();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitReading() {
    try {
      assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private UseReading.InUse use() {
    long asked = System.nanoTime();
    usage.requestUse();
    awaitReading();
    UseReading reading = usage.use();
    assertThat(reading).isInstanceOf(UseReading.InUse.class);
    assertThat(reading.begunNanos() - asked).isNotNegative();
    return (UseReading.InUse) reading;
  }

  private Set<IpAddress> held(boolean deleteOver, IpAddress... fakes) {
    usage.requestFlows(List.of(fakes), deleteOver);
    awaitReading();
    FlowReading reading = usage.takeFlows();
    assertThat(reading).isInstanceOf(FlowReading.Flows.class);
    assertThat(reading.asked()).containsExactlyInAnyOrder(fakes);
    return ((FlowReading.Flows) reading).held();
  }

  @Test
  void use_isWhatTrafficWentTo() {
    loadRules();
    steer();
    assertThat(use().leftNanos()).isEmpty();

    lab.fromClient(5, List.of("tcp,198.18.0.1", "udp,2001:2::1", "tcp,198.18.0.77"));

    UseReading.InUse reading = use();
    assertThat(reading.leftNanos()).containsOnlyKeys(A, C);
    assertThat(reading.leftNanos().values()).allMatch(left -> left > 0 && left <= 120_000_000_000L);
    assertThat(metrics.usageUnreadable.sum()).isZero();
  }

  @Test
  void use_withoutPackets_isOver() throws IOException {
    String hasty = Files.readString(Path.of("nft/rules.nft")).replace("timeout 120s", "timeout 2s");
    assertThat(Shell.load(hasty).code()).isZero();
    steer();
    Process flow = lab.holdOnClient("tcp", "198.18.0.1", HOLD_PORT);

    Patience.until(() -> use().leftNanos().isEmpty(), () -> "still in use");

    assertThat(held(true, A, B)).as("an idle flow holds its fake").containsExactly(A);
    endInput(flow);
  }

  @Test
  void use_ofATableWithoutTheSets_isWhatConntrackHas() {
    loadRules();
    Shell.nft("flush chain inet dotp steered; flush chain inet dotp steered6");
    Shell.nft("delete set inet dotp used; delete set inet dotp used6");
    steer();
    Process flow = lab.holdOnClient("tcp", "198.18.0.1", HOLD_PORT);
    lab.fromClient(5, List.of("udp,2001:2::1"));

    assertThat(use().leftNanos())
        .containsOnlyKeys(A, C)
        .containsEntry(A, LEASE)
        .containsEntry(C, LEASE);
    endInput(flow);
  }

  @Test
  void use_withoutTheTable_isWhatConntrackHas() {
    loadRules();
    steer();
    Process flow = lab.holdOnClient("udp", "198.18.0.2", GatewayLab.PORT + "");
    Shell.nft("flush ruleset");

    assertThat(use().leftNanos()).containsOnlyKeys(B);
    endInput(flow);
  }

  @Test
  void use_ofAFullSet_isCompletedByConntrack() throws IOException {
    String small =
        Files.readString(Path.of("nft/rules.nft"))
            .replace(
                "set used { typeof ip daddr; size 65536", "set used { typeof ip daddr; size 1");
    assertThat(Shell.load(small).code()).isZero();
    steer();
    Process first = lab.holdOnClient("tcp", "198.18.0.1", HOLD_PORT);
    Process second = lab.holdOnClient("tcp", "198.18.0.2", HOLD_PORT);

    assertThat(use().leftNanos()).containsOnlyKeys(A, B);
    endInput(first);
    endInput(second);
  }

  @Test
  void flows_ofTcp_holdUntilTheyAreOver() throws IOException {
    loadRules();
    steer();
    Process flow4 = lab.holdOnClient("tcp", "198.18.0.1", HOLD_PORT);
    Process flow6 = lab.holdOnClient("tcp", "2001:2::1", HOLD_PORT);
    unsteer();

    assertThat(held(true, A, B, C)).containsExactlyInAnyOrder(A, C);
    assertThat(conntrack(A)).contains("ESTABLISHED");
    assertThat(conntrack(C)).contains("ESTABLISHED");

    for (Process flow : List.of(flow4, flow6)) {
      endInput(flow);
      assertThat(new String(flow.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
          .as("the reading has not cut it")
          .isEqualTo("alive");
    }
    for (IpAddress fake : List.of(A, C)) {
      Patience.until(
          () -> conntrack(fake).contains("TIME_WAIT"), () -> "not closed: " + conntrack(fake));
    }
    assertThat(held(false, A, B, C)).containsExactlyInAnyOrder(A, C);
    assertThat(held(true, A, B, C)).isEmpty();
    assertThat(conntrack(A)).isEmpty();
    assertThat(conntrack(C)).isEmpty();
    assertThat(metrics.flowsDeleted.sum()).isEqualTo(2);
  }

  @Test
  void flows_ofUdp_holdUntilTheKernelForgetsThem() {
    loadRules();
    steer();
    Process flow = lab.holdOnClient("udp", "198.18.0.1", GatewayLab.PORT + "");
    unsteer();

    assertThat(held(true, A, B)).containsExactly(A);
    assertThat(conntrack(A)).startsWith("udp");
    assertThat(metrics.flowsDeleted.sum()).isZero();

    Shell.outputOf("conntrack", "-D", "-d", "198.18.0.1");
    assertThat(held(true, A, B)).isEmpty();
    endInput(flow);
  }

  @Test
  void flows_unanswered_goUnlessTheyMayBeOneWay() {
    loadRules();
    insert("198.18.0.101", "tcp", "--state SYN_SENT -t 100");
    insert("198.18.0.102", "udp", "-t 100");

    assertThat(held(true, QUIET, QUIET_TOO)).containsExactly(QUIET_TOO);
    assertThat(conntrack(QUIET)).isEmpty();
  }

  @Test
  void flows_inAZone_areFoundAndDeleted() {
    loadRules();
    insert("198.18.0.101", "tcp", "--state TIME_WAIT -u SEEN_REPLY -t 100 --zone 9");

    assertThat(held(false, QUIET)).containsExactly(QUIET);
    assertThat(held(true, QUIET)).isEmpty();
    assertThat(conntrack(QUIET)).isEmpty();
  }

  private static void insert(String fake, String protocol, String more) {
    Shell.outputOf(
        "sh",
        "-c",
        "conntrack -I -s 192.0.2.2 -d "
            + fake
            + " -p "
            + protocol
            + " --sport 999 --dport 80 "
            + more
            + " --dst-nat 203.0.113.10");
  }

  @Test
  void unmapped_afterTheTableIsBack_noLongerBreaksTheSocket() {
    // Conntrack without a rule that rewrites: what passes now is remembered as it is.
    Shell.nft(
        "add table inet other; add chain inet other c { type nat hook prerouting priority 0; }");
    Shell.nft("add rule inet other c ct state new accept");
    lab.onClient(
        "python3",
        "-c",
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
            + " s.bind(('', 5555)); s.sendto(b'?', ('198.18.0.1', 8080))");
    Patience.until(() -> conntrack(A).contains("UNREPLIED"), () -> "no entry");
    loadRules();
    steer();
    Process alive = lab.holdOnClient("udp", "198.18.0.2", GatewayLab.PORT + "");
    Process six = lab.holdOnClient("tcp", "2001:2::1", HOLD_PORT);
    insert("100.64.0.1", "udp", "-t 100");

    usage.requestDeleteUnmapped();
    Patience.until(() -> metrics.unmappedFlowsDeleted.sum() == 1, () -> "not deleted");

    assertThat(conntrack(A)).isEmpty();
    assertThat(conntrack(B)).isNotEmpty();
    assertThat(conntrack(C)).contains("ESTABLISHED");
    assertThat(conntrack(address("100.64.0.1"))).as("rewritten").contains("UNREPLIED");
    Process healed = lab.holdOnClient("udp", "198.18.0.1", GatewayLab.PORT + "", "5555");
    assertThat(conntrack(A)).contains("src=203.0.113.10").doesNotContain("UNREPLIED");
    List.of(alive, six, healed).forEach(KernelUsageTest::endInput);
  }

  @Test
  void flows_of50000Entries_areReadAsAWhole() throws IOException {
    loadRules();
    Shell.nft("flush chain inet dotp steered; delete set inet dotp used");
    StringBuilder commands = new StringBuilder();
    Set<IpAddress> expected = new HashSet<>();
    for (int i = 0; i < 50_000; i++) {
      IpAddress fake = IpAddress.ofIpv4(0xc6120000 + i);
      expected.add(fake);
      commands.append("-I -s 192.0.2.2 -d ").append(fake);
      commands.append(" -p udp --sport 9 --dport 9 -t 600\n");
    }
    Path file = Files.createTempFile("flows", ".conntrack");
    Files.writeString(file, commands);
    Shell.outputOf("conntrack", "-R", file.toString());
    Files.delete(file);

    UseReading.InUse reading = use();

    assertThat(Shell.outputOf("sh", "-c", "conntrack -L -d 198.18.0.0/15 2>/dev/null | wc -l"))
        .isEqualTo("50000");
    assertThat(reading.leftNanos().keySet()).isEqualTo(expected);
    assertThat(held(true, A, C, address("198.18.255.255"))).containsExactly(A);
    usage.requestDeleteUnmapped();
    Patience.until(() -> metrics.unmappedFlowsDeleted.sum() == 50_000, () -> "not deleted");
    assertThat(held(false, A)).isEmpty();
  }
}
