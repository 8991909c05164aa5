package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A journal that is cut, damaged, gone or cannot be written: the kernel's map wins. */
@Tag("netns")
@Tag("long")
class JournalLossTest {
  private static final int NAMES = 1000;
  private static final int KNOWN = 30;

  private Lab lab;
  private Host client;
  private Path state;

  @BeforeEach
  void start() {
    lab = Lab.up(NAMES);
    client = lab.host(Lab.CLIENT);
    state = lab.directory().resolve("state");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void journalDamagedBeforeTheStart_everyMappingIsAsItWas() {
    Dotp dotp = lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
    askKnown();
    dotp.kill();
    Map<String, String> before = lab.kernel().mappings();
    byte[] whole = Journals.bytes(state);

    for (Map.Entry<String, byte[]> damage : damages(whole).entrySet()) {
      Journals.write(state, damage.getValue());
      dotp = lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
      assertThat(lab.kernel().mappings()).as(damage.getKey()).isEqualTo(before);
      assertThat(client.reach(client.ask(BulkNames.name(3), "A").address()))
          .as(damage.getKey())
          .isEqualTo(BulkNames.real(3, false));
      assertThat(lab.kernel().mappings()).as(damage.getKey()).isEqualTo(before);
      dotp.kill();
    }
  }

  /** Without the kernel's map the journal tells, up to the cut; the last record may be a name. */
  @Test
  void journalCutAndTheKernelEmpty_mappingsUpToTheCutAreBack() {
    Dotp dotp = lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
    askKnown();
    dotp.kill();
    Map<String, String> before = lab.kernel().mappings();
    byte[] whole = Journals.bytes(state);
    lab.kernel().nft("flush", "ruleset");
    Journals.write(state, Arrays.copyOf(whole, whole.length - 1));

    dotp = lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);

    Map<String, String> after = lab.kernel().mappings();
    assertThat(before).hasSize(KNOWN).containsAllEntriesOf(after);
    assertThat(after).hasSizeBetween(KNOWN - 1, KNOWN);
    assertThat(dotp.log()).contains("torn or damaged end");
  }

  private void askKnown() {
    for (int i = 0; i < KNOWN; i++) {
      assertThat(client.ask(BulkNames.name(i), "A").rcode()).isEqualTo("NOERROR");
    }
    Journals.awaitName(state, "bulk" + (KNOWN - 1));
  }

  private static Map<String, byte[]> damages(byte[] whole) {
    int last = Journals.lastRecord(whole);
    int length = whole.length;
    Map<String, byte[]> damages = new LinkedHashMap<>();
    for (int cut : new int[] {last, last + 3, (last + length) / 2, length - 1}) {
      damages.put("cut at " + cut + " of " + length, Arrays.copyOf(whole, cut));
    }
    Random random = new Random(7);
    byte[] longer = Arrays.copyOf(whole, length + 500);
    for (int i = length; i < longer.length; i++) {
      longer[i] = (byte) random.nextInt();
    }
    damages.put("followed by garbage", longer);
    byte[] flipped = whole.clone();
    flipped[length / 2] ^= 4;
    damages.put("with a flipped bit", flipped);
    byte[] garbage = new byte[5000];
    random.nextBytes(garbage);
    damages.put("garbage", garbage);
    damages.put("empty", new byte[0]);
    return damages;
  }

  /** No journal that could be written, then none at all, under questions of all the names. */
  @Test
  void fullDisk_noQuestionFailsAndTheKernelTellsTheNextOne() {
    smallDisk();
    Dotp dotp = lab.dotp(state, Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
    fillDisk();

    assertThat(eagerClient()).isEqualTo(allConnected());
    Map<String, String> before = lab.kernel().mappings();
    assertThat(before).hasSize(2 * NAMES);
    Patience.until(() -> dotp.log().contains("cannot be"), dotp::log);
    assertThat(alarms(dotp)).as(dotp.log()).isEqualTo(1);
    dotp.kill();
    Dotp second = lab.dotp(state, Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);

    assertThat(lab.kernel().mappings()).isEqualTo(before);
    assertThat(eagerClient()).isEqualTo(allConnected());
    assertThat(lab.kernel().mappings()).isEqualTo(before);
    assertThat(alarms(second)).as(second.log()).isLessThanOrEqualTo(1);
  }

  @Test
  void stateDirectoryDeletedUnderTheDaemon_noQuestionFails() {
    Dotp dotp = lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
    Lab.beside("rm", "-rf", state.toString()).expectSuccess();

    assertThat(eagerClient()).isEqualTo(allConnected());

    Map<String, String> before = lab.kernel().mappings();
    dotp.kill();
    lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
    assertThat(lab.kernel().mappings()).isEqualTo(before);
  }

  private static long alarms(Dotp dotp) {
    return dotp.log().lines().filter(line -> line.contains("journal of mappings cannot")).count();
  }

  private static Map<String, Long> allConnected() {
    return Map.of("answered", 2L * NAMES, "connected", 2L * NAMES);
  }

  private Map<String, Long> eagerClient() {
    List<String> arguments = List.of(Lab.GATEWAY_LAN, Integer.toString(NAMES), "8");
    String[] command = TestProgram.commandLine(EagerClient.class, arguments).toArray(new String[0]);
    return Tally.parse(lab.run(Lab.CLIENT2, command).expectSuccess().out()).all();
  }

  /** 64 kB for the state directory, as small as disks come. */
  private void smallDisk() {
    Lab.beside("mkdir", "-p", state.toString()).expectSuccess();
    Lab.beside("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", state.toString()).expectSuccess();
    lab.closing(() -> Lab.beside("umount", "-l", state.toString()).expectSuccess());
  }

  private void fillDisk() {
    byte[] piece = new byte[4096];
    Path filler = state.resolve("filler");
    try (var out = Files.newOutputStream(filler)) {
      for (int i = 0; i < 1000; i++) {
        out.write(piece);
      }
    } catch (IOException e) {
      return;
    }
    throw new UncheckedIOException(new IOException("not full"));
  }
}
