package io.dotp.nat.journal;

import io.dotp.config.ProxyRules;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.config.RouteRules;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.JournalMetrics;
import io.dotp.name.DomainName;
import io.dotp.nat.journal.JournalOrder.Free;
import io.dotp.nat.journal.JournalOrder.Live;
import io.dotp.nat.journal.JournalOrder.Named;
import io.dotp.nat.journal.JournalOrder.Retire;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A writer of a journal without its thread, with clocks that the test sets and a disk that may
 * fail.
 */
final class JournalRig {
  static final String ROUTE = "default";

  final JournalMetrics metrics = new JournalMetrics();
  final FailingDisk disk = new FailingDisk();
  final Path path;
  long wallMillis = 1_800_000_000_000L;
  long nanos = -5_000_000_000L;
  JournalWriter writer;
  private JournalFile file;

  JournalRig(Path directory) {
    path = directory.resolve("mappings.journal");
    file = new JournalFile(path, disk);
    writer = open();
  }

  static final RouteRules MARKED = new RouteRules(0x8000_0001, 0xf000_000f, true, false, null);
  static final RouteRules PROXIED =
      new RouteRules(0, 0, false, true, new ProxyRules(Inbound.TPROXY, 65_535, FailMode.OPEN));

  static KnownPool pool(String route, String prefix) {
    return pool(route, prefix, RouteRules.NONE);
  }

  static KnownPool pool(String route, String prefix, RouteRules rules) {
    return new KnownPool(route, Objects.requireNonNull(IpPrefix.parse(prefix)), rules);
  }

  private JournalWriter open() {
    file = new JournalFile(path, disk);
    JournalWriter opened =
        new JournalWriter(
            file, JournalReader.read(path).picture(), () -> wallMillis, () -> nanos, metrics);
    opened.start();
    return opened;
  }

  /** As a crash leaves it and a new run takes it over. */
  void restart() {
    file.close();
    writer = open();
  }

  /** Both clocks. */
  void pass(long millis) {
    wallMillis += millis;
    nanos += millis * 1_000_000;
  }

  void note(JournalOrder... orders) {
    writer.take(Arrays.asList(orders));
  }

  long size() {
    return file.size();
  }

  /** What a run would find that began now. */
  Map<IpAddress, JournalEntry> found() {
    return JournalReader.read(path).picture().entries();
  }

  /** How long a run that began now would think that a fake has rested; -1 for no such entry. */
  long restedMillis(int fake) {
    JournalEntry entry = found().get(fake(fake));
    return entry == null ? -1 : entry.restedMillis(wallMillis);
  }

  static IpAddress fake(int number) {
    return IpAddress.ofIpv4(0x6440_0000 + number);
  }

  static IpAddress real(int number) {
    return IpAddress.ofIpv6(0x2001_0db8_0000_0000L, number);
  }

  static DomainName name(int number) {
    return DomainName.parse("host" + number + ".example.org");
  }

  static List<DomainName> names(int... numbers) {
    return Arrays.stream(numbers).mapToObj(JournalRig::name).toList();
  }

  static JournalEntry liveEntry(int real, int... names) {
    return new JournalEntry(real(real), ROUTE, names(names), JournalEntry.LIVE);
  }

  static JournalEntry restingEntry(int real, long sinceMillis, int... names) {
    return new JournalEntry(real(real), ROUTE, names(names), sinceMillis);
  }

  static Live live(int fake, int real, int... names) {
    return new Live(fake(fake), liveEntry(real, names));
  }

  static Named named(int fake, int real, int name) {
    return new Named(fake(fake), real(real), ROUTE, name(name));
  }

  static Retire retire(int fake, int real) {
    return new Retire(1, List.of(new Retirement(fake(fake), real(real), ROUTE)));
  }

  static Free free(int... fakes) {
    return new Free(Arrays.stream(fakes).mapToObj(JournalRig::fake).toList());
  }

  static JournalOrder[] each(Stream<? extends JournalOrder> orders) {
    return orders.toArray(JournalOrder[]::new);
  }
}
