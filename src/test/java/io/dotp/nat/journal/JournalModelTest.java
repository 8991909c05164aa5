package io.dotp.nat.journal;

import static io.dotp.nat.journal.JournalRig.fake;
import static io.dotp.nat.journal.JournalRig.free;
import static io.dotp.nat.journal.JournalRig.live;
import static io.dotp.nat.journal.JournalRig.name;
import static io.dotp.nat.journal.JournalRig.named;
import static io.dotp.nat.journal.JournalRig.real;
import static io.dotp.nat.journal.JournalRig.retire;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Random orders, failures, clock steps, restarts and crashes against a plain map. While the disk is
 * well, the file says what the map says.
 */
class JournalModelTest {
  private static final int STEPS = 150;

  private final Map<IpAddress, JournalEntry> model = new HashMap<>();
  private Path directory = Path.of("");
  private int runs;

  @BeforeProperty
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("dotp-journal");
  }

  @AfterProperty
  void removeDirectory() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }

  @Property(tries = 40)
  void journal_randomOperations_saysWhatHappened(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    model.clear();
    JournalRig rig = new JournalRig(Files.createDirectory(directory.resolve("run" + runs++)));

    for (int i = 0; i < STEPS; i++) {
      step(rig, random);
      if (!rig.writer.isBehind()) {
        assertThat(withoutNames(rig.found())).isEqualTo(withoutNames(model));
      }
    }
    rig.disk.free = Long.MAX_VALUE;
    rig.pass(10_000);
    rig.writer.close();

    assertThat(rig.found()).isEqualTo(model);
  }

  private void step(JournalRig rig, Random random) {
    switch (random.nextInt(12)) {
      case 0 -> {
        rig.pass(random.nextInt(10_000));
        rig.writer.tend();
      }
      case 1 -> {
        int step = random.nextInt(2_000_000) - 1_000_000;
        rig.wallMillis += step;
        rig.note();
        model.replaceAll((fake, entry) -> moved(entry, Math.abs(step) > 1000 ? step : 0));
      }
      case 2 -> rig.disk.free = random.nextBoolean() ? random.nextInt(300) : Long.MAX_VALUE;
      case 3 -> restart(rig, random);
      default -> note(rig, random);
    }
  }

  /** A clean end writes everything; after a crash only a file in step says everything. */
  private static void restart(JournalRig rig, Random random) {
    rig.disk.free = Long.MAX_VALUE;
    if (random.nextBoolean() || rig.writer.isBehind()) {
      rig.writer.close();
    } else {
      rig.pass(10_000);
      rig.writer.distrust();
      rig.writer.tend();
    }
    rig.restart();
  }

  private void note(JournalRig rig, Random random) {
    List<JournalOrder> orders = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      int fake = random.nextInt(10);
      int real = random.nextInt(2);
      int name = random.nextInt(12);
      IpAddress key = fake(fake);
      JournalEntry old = model.get(key);
      boolean same = old != null && old.real().equals(real(real));
      List<DomainName> names = same && old != null ? old.names() : List.of();
      switch (random.nextInt(4)) {
        case 0 -> {
          orders.add(live(fake, real, name));
          model.put(key, entry(real, with(names, name), JournalEntry.LIVE));
        }
        case 1 -> {
          orders.add(named(fake, real, name));
          if (same && old != null) {
            model.put(key, entry(real, with(names, name), old.restingSinceMillis()));
          }
        }
        case 2 -> {
          orders.add(retire(fake, real));
          model.put(key, entry(real, names, rig.wallMillis));
        }
        default -> {
          orders.add(free(fake));
          model.remove(key);
        }
      }
    }
    rig.note(orders.toArray(JournalOrder[]::new));
  }

  private static JournalEntry entry(int real, List<DomainName> names, long since) {
    return new JournalEntry(real(real), JournalRig.ROUTE, names, since);
  }

  private static List<DomainName> with(List<DomainName> names, int number) {
    if (names.contains(name(number))) {
      return names;
    }
    List<DomainName> more = new ArrayList<>(names);
    more.add(name(number));
    return more.size() > 8 ? more.subList(1, 9) : more;
  }

  private static JournalEntry moved(JournalEntry entry, long millis) {
    return entry.isResting()
        ? new JournalEntry(
            entry.real(), entry.route(), entry.names(), entry.restingSinceMillis() + millis)
        : entry;
  }

  /** Names that take turns may wait for the file to be written anew. */
  private static Map<IpAddress, JournalEntry> withoutNames(Map<IpAddress, JournalEntry> entries) {
    Map<IpAddress, JournalEntry> without = new HashMap<>();
    entries.forEach(
        (fake, entry) ->
            without.put(
                fake,
                new JournalEntry(
                    entry.real(), entry.route(), List.of(), entry.restingSinceMillis())));
    return without;
  }
}
